package dev.drover.api.link;

import static dev.drover.api.link.TestCluster.A;
import static dev.drover.api.link.TestCluster.B;
import static dev.drover.api.link.TestCluster.MONITOR;
import static dev.drover.api.link.TestCluster.all;
import static dev.drover.api.link.TestCluster.answering;
import static dev.drover.api.link.TestCluster.anyPort;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.link.LinkException.LinkRefused;
import dev.drover.api.link.LinkException.RemoteFailure;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.NullNode;

/** Who may not connect, and what they are told. */
@Timeout(30)
class RefusalTest {
    private static final LinkLimits LIMITS = LinkLimits.USUAL;

    @TempDir private static Path directory;
    private static TestCluster cluster;
    private static TestCluster stranger;

    private final AtomicInteger served = new AtomicInteger();
    private LinkServer server;

    @BeforeAll
    static void makeClusters() throws IOException {
        cluster = new TestCluster(directory.resolve("ours"));
        stranger = new TestCluster(directory.resolve("theirs"));
    }

    @BeforeEach
    void listen() throws IOException {
        server = LinkServer.listen(anyPort(), cluster.a, this::count);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Service count(Caller caller) {
        served.incrementAndGet();
        return answering((_, _, _) -> caller.subject().name());
    }

    private static Peer connect(InetSocketAddress address, Identity identity, Subject expected) {
        return Peer.connect(address, identity, expected, Service.refusing(), LIMITS);
    }

    @Test
    void aCallerOfAnotherClusterDoesNotTrustUs() {
        assertThatThrownBy(() -> connect(server.address(), stranger.b, A))
                .isInstanceOf(LinkRefused.class)
                .hasMessageContaining("not from this cluster's authority");
        assertThat(served).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({"HOST,b", "MONITOR,a"})
    void whoeverIsNotTheExpectedOneIsNotTalkedTo(Subject.Role role, String name) {
        assertThatThrownBy(() -> connect(server.address(), cluster.b, new Subject(role, name)))
                .isInstanceOf(LinkRefused.class)
                .hasMessageContaining(name + "'")
                .hasMessageContaining("is host 'a'");
        assertThat(served).hasValue(0);
    }

    @Test
    void aCallerWithoutACertificateOfOursIsNotServedWhateverItTrusts() throws Exception {
        Path theirs = directory.resolve("theirs/b/identity.pem");
        for (Optional<Path> shown : List.of(Optional.<Path>empty(), Optional.of(theirs))) {
            try (Socket socket = trustingAll(shown)) {
                socket.setSoTimeout(10_000);
                assertThatThrownBy(
                                () -> {
                                    var hello =
                                            new Greeting.Hello(
                                                    1, Optional.empty(), NullNode.getInstance());
                                    Greeting.write(socket.getOutputStream(), hello);
                                    if (socket.getInputStream().read() < 0) {
                                        throw new IOException("hung up");
                                    }
                                })
                        .isInstanceOf(IOException.class);
            }
        }
        assertThat(served).hasValue(0);
        try (Peer peer = connect(server.address(), cluster.b, A)) {
            assertThat(peer.call("name", null, String.class)).isEqualTo("b");
        }
    }

    @Test
    void plainTextIsNotServed() throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(server.address());
            socket.setSoTimeout(10_000);
            Greeting.write(
                    socket.getOutputStream(),
                    new Greeting.Hello(1, Optional.empty(), NullNode.getInstance()));
            byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(answer.length).as("a TLS alert at most").isLessThanOrEqualTo(7);
        }
        assertThat(served).hasValue(0);
    }

    @Test
    void aServerThatSpeaksPlainTextIsNotTalkedTo() throws Exception {
        try (ServerSocket plain = new ServerSocket()) {
            plain.bind(anyPort());
            Thread.ofVirtual()
                    .start(() -> {
                        try (Socket socket = plain.accept()) {
                            socket.getOutputStream().write("220 hello\r\n".getBytes(US_ASCII));
                            socket.getInputStream().readAllBytes();
                        } catch (IOException _) {
                            // the client hung up
                        }
                    });
            var address = (InetSocketAddress) plain.getLocalSocketAddress();
            assertThatThrownBy(() -> connect(address, cluster.b, A))
                    .isInstanceOf(LinkRefused.class)
                    .hasMessageContaining("does not speak Drover's TLS");
        }
    }

    @Test
    void aServerThatSaysNothingIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket()) {
            silent.bind(anyPort());
            var address = (InetSocketAddress) silent.getLocalSocketAddress();
            var impatient =
                    new LinkLimits(
                            Duration.ofMillis(200),
                            Optional.empty(),
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(10));
            assertThatThrownBy(() ->
                            Peer.connect(address, cluster.b, A, Service.refusing(), impatient))
                    .isInstanceOf(LinkRefused.class)
                    .hasMessageContaining("did not answer within 200 ms");
        }
    }

    @Test
    void nobodyThereIsSaidSo() throws IOException {
        try (Socket silent = new Socket()) {
            silent.bind(anyPort()); // Nobody else gets the port, and nobody listens there.
            var there = (InetSocketAddress) silent.getLocalSocketAddress();
            assertThatThrownBy(() -> connect(there, cluster.b, A))
                    .isInstanceOf(LinkRefused.class)
                    .hasMessageContaining("host 'a'")
                    .hasMessageContaining("cannot be reached");
        }
        var unknown = InetSocketAddress.createUnresolved("no-such-host.invalid", 1);
        assertThatThrownBy(() -> connect(unknown, cluster.b, A))
                .isInstanceOf(LinkRefused.class)
                .hasMessageContaining("no-such-host.invalid:1");
    }

    @ParameterizedTest
    @CsvSource({"5,5,5", "5,4,4", "4,5,4"})
    void neighbouringVersionsSpeakTheOlder(int servers, int clients, int spoken) throws Exception {
        try (LinkServer other =
                        LinkServer.listen(anyPort(), cluster.a, this::count, LIMITS, servers);
                Peer peer =
                        Peer.connect(
                                other.address(),
                                cluster.b,
                                A,
                                Service.refusing(),
                                LIMITS,
                                clients)) {
            assertThat(peer.caller().version()).isEqualTo(spoken);
            assertThat(peer.call("name", null, String.class)).isEqualTo("b");
        }
    }

    @ParameterizedTest
    @CsvSource({"5,3", "3,5"})
    void versionsFurtherApartAreRefused(int servers, int clients) throws Exception {
        try (LinkServer other =
                LinkServer.listen(anyPort(), cluster.a, this::count, LIMITS, servers)) {
            assertThatThrownBy(() ->
                            Peer.connect(
                                    other.address(),
                                    cluster.b,
                                    A,
                                    Service.refusing(),
                                    LIMITS,
                                    clients))
                    .isInstanceOf(LinkRefused.class)
                    .hasMessageContaining("speaks version " + servers)
                    .hasMessageContaining("this side " + clients)
                    .hasMessageContaining("update");
            assertThat(served).hasValue(0);
        }
    }

    @Test
    void aCallerThatTheServerDoesNotWantIsToldWhy() throws Exception {
        try (LinkServer picky =
                LinkServer.listen(
                        anyPort(),
                        cluster.monitor,
                        caller -> {
                            throw new IllegalStateException("No place for " + caller.subject());
                        })) {
            assertThatThrownBy(() -> connect(picky.address(), cluster.b, MONITOR))
                    .isInstanceOf(LinkRefused.class)
                    .hasMessageContaining("No place for host 'b'");
        }
    }

    @Test
    void theRefusingServiceSaysNo() throws Exception {
        try (LinkServer refusing =
                        LinkServer.listen(anyPort(), cluster.a, all(Service.refusing()));
                Peer peer = connect(refusing.address(), cluster.b, A)) {
            assertThatThrownBy(() -> peer.call("format", null, Void.class))
                    .isInstanceOfSatisfying(
                            RemoteFailure.class,
                            e -> assertThat(e.kind()).isEqualTo("UnsupportedOperationException"))
                    .hasMessageContaining("'format'");
            assertThatThrownBy(() -> Streams.open(refusing.address(), cluster.b, A, "disk", null))
                    .isInstanceOf(RemoteFailure.class)
                    .hasMessageContaining("'disk'");
        }
    }

    @Test
    void aStreamIsOnlyOpenedToTheExpectedOne() {
        assertThatThrownBy(() -> Streams.open(server.address(), cluster.b, B, "disk", null))
                .isInstanceOf(LinkRefused.class)
                .hasMessageContaining("is host 'a'");
        assertThatThrownBy(() -> Streams.open(server.address(), stranger.b, A, "disk", null))
                .isInstanceOf(LinkRefused.class);
        assertThat(served).hasValue(0);
    }

    /** A client that trusts whom it finds, and shows what is in the file. */
    private SSLSocket trustingAll(Optional<Path> shown)
            throws IOException, GeneralSecurityException {
        KeyManager[] keys = shown.isPresent() ? keys(shown.get()) : new KeyManager[0];
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys, new TrustManager[] {new Trusting()}, null);
        return (SSLSocket)
                context.getSocketFactory()
                        .createSocket(server.address().getAddress(), server.address().getPort());
    }

    private static KeyManager[] keys(Path pem) throws IOException, GeneralSecurityException {
        String[] blocks = Files.readString(pem).split("-----(BEGIN|END) [A-Z ]+-----", -1);
        Base64.Decoder base64 = Base64.getMimeDecoder();
        var key = new PKCS8EncodedKeySpec(base64.decode(blocks[1]));
        var leaf = new ByteArrayInputStream(base64.decode(blocks[3]));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "me",
                KeyFactory.getInstance("EC").generatePrivate(key),
                new char[0],
                new Certificate[] {
                    CertificateFactory.getInstance("X.509").generateCertificate(leaf)
                });
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        // The usual one shows nothing to a server that asks for another authority's.
        return new KeyManager[] {
            new Shameless((X509ExtendedKeyManager) factory.getKeyManagers()[0])
        };
    }

    /** Shows its certificate, whoever's is asked for. */
    private static final class Shameless extends X509ExtendedKeyManager {
        private final X509ExtendedKeyManager keys;

        Shameless(X509ExtendedKeyManager keys) {
            this.keys = keys;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return keys.chooseClientAlias(new String[] {"EC"}, null, socket);
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return keys.getClientAliases(type, null);
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return keys.getServerAliases(type, null);
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return keys.chooseServerAlias(type, null, socket);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return keys.getCertificateChain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return keys.getPrivateKey(alias);
        }
    }

    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
