package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.HypervisorException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a monitor that is played: a line for each line. */
class QmpConnectionTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir Path temp;
    private Path path;
    private ServerSocketChannel server;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @BeforeEach
    void listen() throws IOException {
        path = temp.resolve("qmp.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
    }

    @AfterEach
    void end() throws IOException {
        server.close();
    }

    /** Answers each command by what {@code play} makes of its id and line; "" hangs up. */
    private QmpConnection connect(Function<String, String> play) {
        Thread.ofVirtual().start(() -> serve(play));
        return QmpConnection.open(
                path, SOON, () -> true, e -> heard.add(e.name()), ended::countDown);
    }

    private void serve(Function<String, String> play) {
        try (SocketChannel client = server.accept()) {
            say(client, "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\n");
            BufferedReader in =
                    new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
            String line;
            while ((line = in.readLine()) != null) {
                String id = line.replaceAll(".*\"id\":(\\d+).*", "$1");
                String answer =
                        line.contains("qmp_capabilities")
                                ? "{\"return\": {}, \"id\": ID}\n"
                                : play.apply(line);
                if (answer.isEmpty()) {
                    return;
                }
                say(client, answer.replace("ID", id));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void say(SocketChannel client, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }

    @Test
    void anAnswerGoesToWhoAsked() {
        try (QmpConnection qmp =
                connect(_ -> "{\"return\": {\"status\": \"running\"}, \"id\": ID}\n")) {
            assertThat(qmp.execute("query-status").path("status").asString(""))
                    .isEqualTo("running");
        }
    }

    @Test
    void anErrorIsThrownWithItsClassAndDescription() {
        try (QmpConnection qmp =
                connect(_ ->
                        "{\"id\": ID, \"error\": {\"class\": \"GenericError\", \"desc\":"
                                + " \"Node 'x' not found\"}}\n")) {
            assertThatThrownBy(() -> qmp.execute("blockdev-del"))
                    .isInstanceOfSatisfying(
                            QmpException.class,
                            e -> {
                                assertThat(e.errorClass()).isEqualTo("GenericError");
                                assertThat(e.saysNotFound()).isTrue();
                            })
                    .hasMessageContaining("blockdev-del");
        }
    }

    @Test
    void anEventBeforeTheAnswerIsNotLost() {
        try (QmpConnection qmp =
                connect(_ ->
                        "{\"event\": \"STOP\", \"timestamp\": {\"seconds\": 3,"
                                + " \"microseconds\": 14}}\n"
                                + "{\"return\": {}, \"id\": ID}\n")) {
            try (QmpEvents events = qmp.subscribe("STOP")) {
                qmp.execute("stop");
                assertThat(events.await("a stop", _ -> true, SOON).micros()).isEqualTo(3_000_014);
            }
            assertThat(heard).containsExactly("STOP");
        }
    }

    @Test
    void allCommandsOfABatchAreExecutedAndTheFirstFailureIsThrown() {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (QmpConnection qmp =
                connect(line -> {
                    seen.add(line);
                    return line.contains("first")
                            ? "{\"id\": ID, \"error\": {\"class\": \"C\", \"desc\": \"no\"}}\n"
                            : "{\"return\": {}, \"id\": ID}\n";
                })) {
            assertThatThrownBy(() ->
                            qmp.executeAll(
                                    List.of(QmpCommand.of("first"), QmpCommand.of("second"))))
                    .isInstanceOf(QmpException.class)
                    .hasMessageContaining("first");
            assertThat(seen).hasSize(2);
        }
    }

    @Test
    void whoWaitsFailsWhenTheStreamEnds() throws InterruptedException {
        try (QmpConnection qmp = connect(_ -> "")) {
            QmpEvents events = qmp.subscribe("RESUME");
            assertThatThrownBy(() -> qmp.execute("cont")).isInstanceOf(HypervisorException.class);
            assertThatThrownBy(() -> events.await("a start", _ -> true, SOON))
                    .hasMessageContaining("hung up");
            assertThat(ended.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(qmp.ended()).isTrue();
            assertThatThrownBy(() -> qmp.execute("cont")).isInstanceOf(HypervisorException.class);
        }
    }

    @Test
    void nobodyWaitsForAProcessThatIsDead() throws IOException {
        server.close();
        assertThatThrownBy(() -> QmpConnection.open(path, SOON, () -> false, _ -> {}, () -> {}))
                .isInstanceOf(HypervisorException.class);
    }
}
