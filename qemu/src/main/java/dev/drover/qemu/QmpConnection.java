package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A QMP session (QEMU's docs/interop/qmp-spec) over a Unix-domain socket. Thread-safe; commands may
 * be under way from several threads. Listeners are called by the one thread that reads, in order,
 * and must neither block nor execute commands.
 */
final class QmpConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QmpConnection.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A healthy QEMU answers within milliseconds, a busy host's within a second. */
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private final SocketChannel channel;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final List<Consumer<QmpEvent>> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> greeted = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private QmpConnection(SocketChannel channel) {
        this.channel = channel;
        Thread.ofVirtual().name("qmp").start(this::read);
    }

    /** Connects and negotiates; throws {@link IOException} when nobody listens there. */
    static QmpConnection connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        QmpConnection connection = new QmpConnection(channel);
        try {
            connection.await(connection.greeted, "greeting");
            connection.execute("qmp_capabilities", Map.of());
            return connection;
        } catch (HypervisorException e) {
            connection.close();
            throw new IOException("QEMU did not greet", e);
        }
    }

    /** Adds a listener; it hears all that comes from now on. */
    void listen(Consumer<QmpEvent> listener) {
        listeners.add(listener);
    }

    void unlisten(Consumer<QmpEvent> listener) {
        listeners.remove(listener);
    }

    /** Completes when QEMU has hung up. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    JsonNode execute(String command) {
        return execute(command, Map.of());
    }

    /**
     * Executes a command; the answer is its {@code return}.
     *
     * @throws QmpException when QEMU refuses
     * @throws HypervisorException when it is gone, or does not answer
     */
    JsonNode execute(String command, Map<String, ?> arguments) {
        long id = ids.incrementAndGet();
        ObjectNode message = JSON.createObjectNode();
        message.put("execute", command);
        message.put("id", id);
        if (!arguments.isEmpty()) {
            message.set("arguments", JSON.valueToTree(arguments));
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        try {
            send(JSON.writeValueAsString(message) + "\n");
            JsonNode got = await(answer, command);
            if (got.has("error")) {
                throw new QmpException(command, got.at("/error/desc").asString());
            }
            return got.path("return");
        } catch (IOException e) {
            throw new HypervisorException("QEMU is gone: '" + command + "' was not sent", e);
        } finally {
            waiting.remove(id);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Closing QMP", e);
        }
    }

    private synchronized void send(String line) throws IOException {
        if (ended.isDone()) {
            throw new IOException("QEMU hung up");
        }
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private <T> T await(CompletableFuture<T> answer, String command) {
        try {
            return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HypervisorException(
                    "QEMU did not answer '" + command + "' within " + ANSWER.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new HypervisorException("QEMU is gone: no answer to '" + command + "'", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Waiting for '" + command + "' was given up", e);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                dispatch(JSON.readTree(line));
            }
        } catch (IOException | JacksonException e) {
            LOG.debug("QMP ended", e);
        }
        IOException gone = new IOException("QEMU hung up");
        ended.complete(null);
        greeted.completeExceptionally(gone);
        waiting.values().forEach(w -> w.completeExceptionally(gone));
    }

    private void dispatch(JsonNode message) {
        if (message.has("event")) {
            QmpEvent event = QmpEvent.of(message);
            LOG.debug("Event {}", event);
            listeners.forEach(l -> l.accept(event));
        } else if (message.has("QMP")) {
            greeted.complete(null);
        } else {
            CompletableFuture<JsonNode> answer = waiting.get(message.path("id").asLong());
            if (answer != null) {
                answer.complete(message);
            }
        }
    }
}
