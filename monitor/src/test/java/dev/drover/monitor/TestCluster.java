package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.MonitorMessage;
import dev.drover.api.Wire;
import dev.drover.api.link.Json;
import dev.drover.api.link.LinkLimits;
import dev.drover.api.link.Peer;
import dev.drover.api.link.Service;
import dev.drover.api.rest.Role;
import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.monitor.rest.Cluster;
import dev.drover.monitor.rest.Digests;
import dev.drover.monitor.rest.Watcher;
import dev.drover.ports.VmSpec;
import dev.drover.store.ClusterStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A monitor with a real ZooKeeper, asked by HTTP, and hosts h1 to h3 whose agents only obey. */
final class TestCluster implements AutoCloseable {
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Path state;
    private final int zooKeeper;
    private final HttpClient admin;
    private final HttpClient nobody;
    private ClusterMonitor monitor;

    private TestCluster(Path state, int zooKeeper) throws IOException, InterruptedException {
        this.state = state;
        this.zooKeeper = zooKeeper;
        this.admin = HttpClient.newBuilder().sslContext(identity("user").context()).build();
        this.nobody = HttpClient.newBuilder().sslContext(identity("h1").context()).build();
        this.monitor = startMonitor(Duration.ofMillis(500));
    }

    /** Starts all but the hosts. */
    static TestCluster start(Path state) throws IOException, InterruptedException {
        // The certificate is the monitor's of this cluster, whatever its address is.
        System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
        CertificateAuthority authority = CertificateAuthority.create(state.resolve("ca"));
        authority.issue(Subject.monitor(), state.resolve("monitor"));
        authority.issue(Subject.client("user"), state.resolve("user"));
        for (String host : List.of("h1", "h2", "h3")) {
            authority.issue(Subject.host(host), state.resolve(host));
        }
        return new TestCluster(state, FreePorts.take(1));
    }

    /** With this patience for hosts that are not connected. */
    private ClusterMonitor startMonitor(Duration hostsComeBack)
            throws IOException, InterruptedException {
        return ClusterMonitor.start(
                new MonitorSettings(
                        ANY,
                        Optional.of(ANY),
                        state.resolve("state"),
                        state.resolve("monitor"),
                        zooKeeper,
                        List.of(),
                        Optional.empty(),
                        false),
                hostsComeBack);
    }

    /** Another leads, that knows only what is stored. */
    void restart() throws IOException, InterruptedException {
        restart(Duration.ofMillis(500));
    }

    /** As the other, with this patience for hosts that are not connected. */
    void restart(Duration hostsComeBack) throws IOException, InterruptedException {
        monitor.close();
        monitor = startMonitor(hostsComeBack);
    }

    /** A host whose agent has said hello, and remembers what it is told of one VM. */
    TestHost host(String name, String vm) throws IOException, InterruptedException {
        TestHost host = silentHost(name, vm);
        host.hello();
        return host;
    }

    /** As the other, before it says hello. */
    TestHost silentHost(String name, String vm) throws IOException {
        return TestHost.connect(monitor.address(), identity(name), vm);
    }

    /** As the other, before it says hello; it instantiates only after {@code instantiated}. */
    TestHost slowHost(String name, String vm, CountDownLatch instantiated) throws IOException {
        return TestHost.slow(monitor.address(), identity(name), vm, instantiated);
    }

    /** Hears what changes from now on. */
    Watcher watch() throws Exception {
        return Watcher.begin(admin, monitor.rest().orElseThrow());
    }

    private Identity identity(String name) throws IOException {
        return Identity.load(state.resolve(name));
    }

    ClusterStore store() {
        return ClusterStore.connect("127.0.0.1:" + zooKeeper);
    }

    /** Asks as users do who have a link. */
    <T> T ask(MonitorMessage message, Class<T> answer) throws IOException, InterruptedException {
        try (Peer user =
                Peer.connect(
                        monitor.address(),
                        identity("user"),
                        Subject.monitor(),
                        Service.refusing(),
                        LinkLimits.USUAL)) {
            return user.call(Wire.verb((Record) message), message, answer);
        }
    }

    void createVm(String name, String host) throws IOException, InterruptedException {
        ask(new MonitorMessage.CreateVm(spec(name), host, "/images"), Void.class);
    }

    static VmSpec spec(String name) {
        return new VmSpec(
                name,
                1,
                256L << 20,
                new VmSpec.DiskSpec(VmSpec.Format.RAW, 1 << 20),
                new VmSpec.NicSpec("52:54:00:00:00:01", "vmbr0"),
                new VmSpec.Boot.FromDisk());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(admin, "GET", path, "");
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return send(admin, "DELETE", path, "");
    }

    /** Posts JSON, or nothing. */
    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(admin, "POST", path, body, "Content-Type", "application/json");
    }

    HttpResponse<String> postYaml(String path, String body)
            throws IOException, InterruptedException {
        return send(admin, "POST", path, body, "Content-Type", "application/yaml");
    }

    /** Posts as somebody with a token of this role. */
    HttpResponse<String> postAs(Role role, String path, String body)
            throws IOException, InterruptedException {
        String bearer = bearer(role);
        return send(
                nobody,
                "POST",
                path,
                body,
                "Content-Type",
                "application/json",
                "Authorization",
                bearer);
    }

    /** Asks, without a body, as somebody with a token of this role. */
    HttpResponse<String> as(Role role, String method, String path)
            throws IOException, InterruptedException {
        return send(nobody, method, path, "", "Authorization", bearer(role));
    }

    private String bearer(Role role) {
        try (ClusterStore store = store()) {
            Cluster.Token token = new Cluster.Token(Digests.sha256(role.name()), role);
            store.fence(store.leader().orElseThrow().term())
                    .putToken(role.name(), Json.text(token));
        }
        return "Bearer " + role.name();
    }

    /** Asks anything, as an administrator. */
    HttpResponse<String> ask(String method, String path, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        String[] flat =
                headers.entrySet().stream()
                        .flatMap(h -> Stream.of(h.getKey(), h.getValue()))
                        .toArray(String[]::new);
        return send(admin, method, path, body, flat);
    }

    /** What is served, as {@code METHOD /path}. */
    List<String> served() {
        return monitor.rest().orElseThrow().served();
    }

    /** A VM as the REST interface shows it. */
    JsonNode vm(String name) throws IOException, InterruptedException {
        return json(get("/v1/vms/" + name));
    }

    static JsonNode json(HttpResponse<String> response) {
        return Json.mapper().readTree(response.body());
    }

    /** Adds a base image of this text. */
    HttpResponse<String> addImage(String name, String text)
            throws IOException, InterruptedException {
        HttpRequest request =
                imageRequest(name, text)
                        .expectContinue(true)
                        .POST(BodyPublishers.ofString(text))
                        .build();
        return admin.send(request, BodyHandlers.ofString());
    }

    private HttpRequest.Builder imageRequest(String name, String text) {
        return HttpRequest.newBuilder(
                        uri("/v1/images?name=" + name + "&sha256=" + Digests.sha256(text)))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/octet-stream");
    }

    /** As the other; the sender breaks off before the last byte. */
    void breakOffImage(String name, String text) {
        HttpRequest request =
                imageRequest(name, text)
                        .POST(
                                BodyPublishers.fromPublisher(
                                        BodyPublishers.ofString(text), text.length() + 1L))
                        .build();
        assertThatThrownBy(() -> admin.send(request, BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
    }

    private URI uri(String path) {
        int port = monitor.rest().orElseThrow().address().getPort();
        return URI.create("https://127.0.0.1:" + port + path);
    }

    private HttpResponse<String> send(
            HttpClient client, String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path))
                        .timeout(Duration.ofSeconds(60))
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        monitor.close();
        admin.close();
        nobody.close();
    }
}
