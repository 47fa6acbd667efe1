package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.api.rest.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The REST interface of a cluster. Finds the monitor that leads, and goes on with the next one when
 * it dies: all that can be asked may be asked twice. One thread at a time.
 */
final class Api implements AutoCloseable {
    /** Another monitor leads some 6 to 8 s after the leader was killed. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration UNTIL_CONNECTED = Duration.ofSeconds(3);
    private static final Duration UNTIL_READ = Duration.ofSeconds(10);

    /** A monitor tells whoever watches every 10 s that it lives. */
    private static final Duration UNTIL_SILENT = Duration.ofSeconds(30);

    /** A file goes as fast as the slowest host takes it. */
    private static final Duration UNTIL_SENT = Duration.ofDays(1);

    private static final String DATA = "data: ";
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(200);
    private static final int PAGE = 1000;
    private static final int UNAVAILABLE = 503;
    private static final int LEAST_ERROR = 400;

    static {
        // A monitor's certificate says that it is one, not where it is; that is checked.
        System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
    }

    private final HttpClient http;
    private final Optional<String> token;
    private final List<String> monitors;
    private int next;

    private Api(HttpClient http, Optional<String> token, List<String> monitors) {
        this.http = http;
        this.token = token;
        this.monitors = monitors;
    }

    /** Does not connect yet; sockets are made in the network namespace of this thread. */
    static Api of(Context context) throws IOException {
        Credentials credentials = Credentials.load(context.identity());
        return new Api(
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(credentials.tls())
                        .connectTimeout(UNTIL_CONNECTED)
                        .build(),
                credentials.token(),
                new ArrayList<>(context.monitors()));
    }

    /** What there is at a path, such as {@code /v1/vms/web1}. */
    JsonNode get(String path) throws InterruptedException {
        return ask("GET", path, UNTIL_READ, null, Map.of());
    }

    /** All pages of a list. */
    List<JsonNode> list(String path) throws InterruptedException {
        return list(path, _ -> {});
    }

    /** As the other; {@code page} is shown each page. */
    List<JsonNode> list(String path, Consumer<JsonNode> page) throws InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        String after = "";
        while (true) {
            String query = "?limit=" + PAGE + (after.isEmpty() ? "" : "&after=" + encode(after));
            JsonNode got = get(path + query);
            page.accept(got);
            all.addAll(got.path("items").values());
            if (got.path("next").isNull()) {
                return all;
            }
            after = got.path("next").stringValue();
        }
    }

    /**
     * Asks for something to be done.
     *
     * @param patience for the answer
     * @param body sent as JSON; null for none
     * @return the answer; the missing node when there is none
     */
    JsonNode post(
            String path, Duration patience, @Nullable Object body, Map<String, String> headers)
            throws InterruptedException {
        return ask("POST", path, patience, body == null ? null : json(body), headers);
    }

    /** As {@link #post}, of a text of this media type. */
    JsonNode post(String path, Duration patience, String type, String text)
            throws InterruptedException {
        Body body = new Body(type, text.getBytes(StandardCharsets.UTF_8));
        return ask("POST", path, patience, body, Map.of());
    }

    /**
     * Sends a file, when the monitor that leads wants it; to the next one anew if that dies.
     *
     * @param file opens it; closed when it was read
     * @param length of it in bytes, at least 1
     */
    JsonNode send(String path, Supplier<InputStream> file, long length)
            throws InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder()
                        .timeout(UNTIL_SENT)
                        .expectContinue(true)
                        .header("Content-Type", "application/octet-stream")
                        .POST(
                                BodyPublishers.fromPublisher(
                                        BodyPublishers.ofInputStream(file), length));
        return answer(path, request);
    }

    private record Body(String type, byte[] bytes) {}

    private static Body json(Object body) {
        return new Body("application/json", Json.write(body));
    }

    /**
     * Hears a stream of server-sent events (HTML standard, section 9.2), until it ends; returns
     * then. A stream that says nothing for 30 s has ended, too.
     */
    void watch(String path, Consumer<JsonNode> heard) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder().timeout(UNTIL_READ).GET();
        HttpResponse<InputStream> response =
                leader(path, request, BodyHandlers.ofInputStream(), Api::read);
        if (response.statusCode() >= LEAST_ERROR) {
            throw new Refused(problem(response, read(response.body())));
        }
        try (InputStream body = response.body();
                Silence silence = Silence.closing(body, UNTIL_SILENT)) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                silence.isBroken();
                if (line.startsWith(DATA)) {
                    heard.accept(Json.read(line.substring(DATA.length()), JsonNode.class));
                }
            }
        } catch (IOException _) {
            // It has ended.
        }
    }

    private static byte[] read(InputStream body) {
        try (body) {
            return body.readAllBytes();
        } catch (IOException _) {
            return new byte[0];
        }
    }

    void delete(String path, Duration patience) throws InterruptedException {
        var _ = ask("DELETE", path, patience, null, Map.of());
    }

    /** A name as a part of a path, or of a query. */
    static String encode(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode ask(
            String method,
            String path,
            Duration patience,
            @Nullable Body body,
            Map<String, String> headers)
            throws InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder()
                        .timeout(patience)
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofByteArray(body.bytes()));
        if (body != null) {
            request.header("Content-Type", body.type());
        }
        headers.forEach(request::header);
        return answer(path, request);
    }

    private JsonNode answer(String path, HttpRequest.Builder request) throws InterruptedException {
        HttpResponse<byte[]> response =
                leader(path, request, BodyHandlers.ofByteArray(), Function.identity());
        if (response.statusCode() >= LEAST_ERROR) {
            throw new Refused(problem(response, response.body()));
        }
        return response.body().length == 0
                ? Json.mapper().missingNode()
                : Json.read(response.body(), JsonNode.class);
    }

    /** The answer of the monitor that leads. */
    private <T> HttpResponse<T> leader(
            String path,
            HttpRequest.Builder request,
            HttpResponse.BodyHandler<T> handler,
            Function<T, byte[]> bytes)
            throws InterruptedException {
        token.ifPresent(t -> request.setHeader("Authorization", "Bearer " + t));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Refused last = null;
        for (int tried = 1; last == null || System.nanoTime() < deadline; tried++) {
            String monitor = monitors.get(next);
            HttpRequest asked = request.uri(URI.create("https://" + monitor + path)).build();
            try {
                HttpResponse<T> response = http.send(asked, handler);
                boolean leads = response.headers().firstValue("retry-after").isEmpty();
                if (response.statusCode() != UNAVAILABLE || leads) {
                    return response;
                }
                last = new Refused(problem(response, bytes.apply(response.body())));
            } catch (SSLHandshakeException e) {
                throw new Refused(
                        0,
                        "The monitor at " + monitor + " and this user do not trust each other",
                        String.valueOf(e.getMessage()),
                        "see whether the context names the certificate of this cluster");
            } catch (IOException e) {
                if (mayBeUnderWay(asked, e)) {
                    throw new Refused(
                            0,
                            "The monitor at " + monitor + " has not answered in time",
                            "it may be doing still what it was asked for",
                            "see what became of it before you ask again");
                }
                last = unreachable(e);
            }
            next = (next + 1) % monitors.size();
            if (tried % monitors.size() == 0) {
                Thread.sleep(BETWEEN_ROUNDS);
            }
        }
        throw last;
    }

    private static boolean mayBeUnderWay(HttpRequest asked, IOException e) {
        return !asked.method().equals("GET")
                && e instanceof HttpTimeoutException
                && !(e instanceof HttpConnectTimeoutException);
    }

    private Refused unreachable(IOException e) {
        return new Refused(
                0,
                "No monitor answers at " + String.join(", ", monitors),
                e.getMessage() == null ? e.toString() : e.getMessage(),
                "see whether they run, and whether the context names them right");
    }

    private static Problem problem(HttpResponse<?> response, byte[] body) {
        try {
            return Json.read(body, Problem.class);
        } catch (IllegalArgumentException _) {
            int status = response.statusCode();
            throw new Refused(
                    status,
                    "The answer was " + status,
                    "What answers at " + response.uri().getAuthority() + " is no monitor",
                    "see whether the context names the port of the REST interface");
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
