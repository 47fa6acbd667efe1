package dev.drover.monitor.rest;

import dev.drover.api.tls.Identity;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Serves the REST interface: TLS 1.3 only, and nothing but 401 to whom it does not know.
 *
 * <p>A monitor that does not lead answers 503 with the address of the one that does, and no
 * redirect: common clients drop their bearer token when they are sent to another host, and whoever
 * asks must know more than one monitor anyway, since the one that led may be dead.
 */
public final class RestServer implements AutoCloseable {
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final Cluster cluster;
    private final Callers callers;
    private final List<Route> routes;
    private final Patience patience;
    private final WebServer server;
    private final InetSocketAddress listen;

    private RestServer(
            InetSocketAddress listen, Identity identity, Cluster cluster, Patience patience) {
        this.listen = listen;
        this.cluster = cluster;
        this.callers = new Callers(cluster);
        this.routes =
                Stream.of(
                                new Routes(cluster).all(),
                                new CreationRoute(cluster).all(),
                                new TokenRoutes(cluster).all(),
                                new ImageRoutes(cluster).all(),
                                new HostRoutes(cluster).all(),
                                new VolumeRoutes(cluster).all())
                        .flatMap(List::stream)
                        .toList();
        this.patience = patience;
        this.server =
                WebServer.builder()
                        .address(listen.getAddress())
                        .port(listen.getPort())
                        .shutdownHook(false)
                        .connectionOptions(options -> options.readTimeout(SILENCE))
                        .tls(
                                Tls.builder()
                                        .sslContext(identity.context())
                                        .clientAuth(TlsClientAuth.OPTIONAL)
                                        .enabledProtocols(List.of("TLSv1.3"))
                                        .build())
                        .directHandlers(direct())
                        .addRouting(HttpRouting.builder().any(this::handle))
                        .build()
                        .start();
    }

    /** Listens till it is closed. */
    public static RestServer listen(InetSocketAddress listen, Identity identity, Cluster cluster) {
        return listen(listen, identity, cluster, Patience.usual());
    }

    static RestServer listen(
            InetSocketAddress listen, Identity identity, Cluster cluster, Patience patience) {
        return new RestServer(listen, identity, cluster, patience);
    }

    /** Where it answers, with the real port. */
    public InetSocketAddress address() {
        return new InetSocketAddress(listen.getAddress(), server.port());
    }

    /** What is served, as {@code METHOD /path}. */
    public List<String> served() {
        return routes.stream().map(r -> r.method() + " " + r.template()).toList();
    }

    @Override
    public void close() {
        server.stop();
        patience.close();
    }

    private void handle(ServerRequest request, ServerResponse response) {
        Answer answer;
        try {
            answer = answer(request);
        } catch (Exception e) {
            answer = Problems.of(e, cluster);
        }
        if (mayBeLong(request)) { // The rest of it is not waited for.
            response.header(HeaderNames.CONNECTION, "close");
        }
        switch (answer) {
            case Reply reply -> send(reply, response);
            case EventStream stream -> send(stream, response);
        }
    }

    private static boolean mayBeLong(ServerRequest request) {
        return request.content().hasEntity()
                && request.headers().contentLength().orElse(Long.MAX_VALUE) > Ask.MOST_BYTES;
    }

    private static void send(Reply reply, ServerResponse response) {
        response.status(Status.create(reply.status()));
        if (!reply.type().isEmpty()) {
            response.header(HeaderNames.CONTENT_TYPE, reply.type());
        }
        reply.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        response.send(reply.body());
    }

    /** Its connection ends with it: what an interrupted write has left of that is not known. */
    private void send(EventStream stream, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, EventStream.TYPE);
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.header(HeaderNames.CONNECTION, "close");
        try (stream) {
            stream.writeTo(response.outputStream(), patience);
        } catch (IOException | UncheckedIOException e) {
            throw new CloseConnectionException("A watcher is gone, or takes nothing", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("A stream was interrupted", e);
        }
    }

    private Answer answer(ServerRequest request) throws Exception {
        Map<String, String> headers = new HashMap<>();
        request.headers().forEach(h -> headers.put(h.name().toLowerCase(Locale.ROOT), h.values()));
        Callers.Caller caller =
                callers.recognise(
                        Optional.ofNullable(headers.get("authorization")),
                        request.remotePeer().tlsCertificates());
        List<String> segments = segments(request.path().rawPath());
        Route route = route(request.prologue().method().text(), segments);
        if (caller.role().compareTo(route.needed()) < 0) {
            throw new ProblemException(
                    403,
                    caller.name() + " may not do this",
                    "It needs the role " + route.needed(),
                    "Ask an administrator of the cluster");
        }
        if (route.byLeader()) {
            cluster.mustLead();
        }
        boolean hasBody = request.content().hasEntity();
        Supplier<InputStream> content =
                hasBody ? request.content()::inputStream : InputStream::nullInputStream;
        Ask ask =
                new Ask(
                        caller.name(),
                        route.match(segments).orElseThrow(),
                        request.query().rawValue(),
                        headers,
                        content);
        if (!route.anyLength() && ask.length().orElse(0) > Ask.MOST_BYTES) {
            throw Ask.tooLarge();
        }
        return route.handler().answer(ask);
    }

    private static List<String> segments(String rawPath) {
        try {
            return Stream.of(rawPath.substring(1).split("/", -1))
                    .map(s -> URLDecoder.decode(s.replace("+", "%2B"), StandardCharsets.UTF_8))
                    .toList();
        } catch (IllegalArgumentException _) {
            throw Ask.bad("The path cannot be decoded", "Encode it by RFC 3986");
        }
    }

    private Route route(String method, List<String> segments) {
        List<Route> ofPath = routes.stream().filter(r -> r.match(segments).isPresent()).toList();
        if (ofPath.isEmpty()) {
            throw ProblemException.noSuch("path", "/" + String.join("/", segments));
        }
        return ofPath.stream()
                .filter(r -> r.method().equals(method))
                .findFirst()
                .orElseThrow(() ->
                        new Problems.WrongMethod(
                                ofPath.stream()
                                        .map(Route::method)
                                        .collect(Collectors.toCollection(TreeSet::new))
                                        .stream()
                                        .collect(Collectors.joining(", "))));
    }

    /** What the server refuses before anybody is asked. */
    private static DirectHandlers direct() {
        DirectHandler handler =
                (_, type, status, headers, _) -> {
                    Reply reply = Problems.ofServer(status.code());
                    headers.set(HeaderNames.CONTENT_TYPE, reply.type());
                    return DirectHandler.TransportResponse.builder()
                            .status(status)
                            .headers(headers)
                            .keepAlive(type.keepAlive())
                            .entity(reply.body())
                            .build();
                };
        DirectHandlers.Builder all = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            all.addHandler(type, handler);
        }
        return all.build();
    }
}
