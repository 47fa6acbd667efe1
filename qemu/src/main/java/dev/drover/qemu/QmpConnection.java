package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A connection to QEMU's monitor: QMP, one JSON object a line (docs/interop/qmp-spec). Thread-safe.
 *
 * <p>One platform thread reads, since the socket is a plain descriptor: only such a one can pass
 * descriptors on (SCM_RIGHTS). Answers go to those who asked, events to listeners and
 * subscriptions, in the order of the stream. When the stream ends, everybody who waits fails.
 */
final class QmpConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QmpConnection.class);

    /** QEMU answers within milliseconds; its main loop may flush a disk meanwhile. */
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private static final long TRY_AGAIN_NANOS = 2_000_000;

    private static final JsonMapper JSON = new JsonMapper();

    private final int socket;
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final List<QmpEvents> subscriptions = new CopyOnWriteArrayList<>();
    private final Consumer<QmpEvent> listener;
    private final Runnable onEnd;
    private final CompletableFuture<JsonNode> greeting = new CompletableFuture<>();
    private volatile boolean ended;

    private QmpConnection(int socket, Consumer<QmpEvent> listener, Runnable onEnd) {
        this.socket = socket;
        this.listener = listener;
        this.onEnd = onEnd;
    }

    /**
     * Connects and negotiates; tries again while QEMU does not listen yet.
     *
     * @param alive false when there is no use in waiting
     * @param listener is told every event, by the reading thread: it must not block
     * @param onEnd is told when the stream has ended, by the reading thread
     * @throws HypervisorException when nobody answers within {@code atMost}
     */
    static QmpConnection open(
            Path path,
            Duration atMost,
            BooleanSupplier alive,
            Consumer<QmpEvent> listener,
            Runnable onEnd) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!Files.exists(path) && alive.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TRY_AGAIN_NANOS);
        }
        while (true) {
            try {
                int socket = Posix.connect(path);
                return negotiate(new QmpConnection(socket, listener, onEnd), path, atMost);
            } catch (IOException e) {
                if (!alive.getAsBoolean() || System.nanoTime() > deadline) {
                    throw new HypervisorException("No QEMU listens on its monitor socket", e);
                }
                LockSupport.parkNanos(TRY_AGAIN_NANOS);
            }
        }
    }

    private static QmpConnection negotiate(QmpConnection made, Path path, Duration atMost) {
        Thread.ofPlatform().daemon().name("qmp-" + path.getParent()).start(made::readAll);
        try {
            JsonNode _ = made.answer("the greeting", made.greeting, atMost);
            made.execute("qmp_capabilities");
            return made;
        } catch (HypervisorException e) {
            made.close();
            throw e;
        }
    }

    /** Executes a command and returns what it returned. */
    JsonNode execute(String command) {
        return execute(QmpCommand.of(command));
    }

    JsonNode execute(String command, Map<String, ?> arguments) {
        return execute(QmpCommand.of(command, arguments));
    }

    /**
     * Executes a command and returns what it returned.
     *
     * @throws QmpException when QEMU answers with an error
     * @throws HypervisorException when it does not answer
     */
    JsonNode execute(QmpCommand command) {
        return executeAll(List.of(command)).getFirst();
    }

    /**
     * Executes commands one after the other, sent at once, so that they cost one round trip. All of
     * them are executed, even when one fails.
     *
     * @throws QmpException for the first that failed
     */
    List<JsonNode> executeAll(List<QmpCommand> commands) {
        List<CompletableFuture<JsonNode>> answers = new ArrayList<>();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (QmpCommand command : commands) {
            answers.add(write(command, text));
        }
        send(text.toByteArray());
        List<JsonNode> results = new ArrayList<>();
        @Nullable HypervisorException failure = null;
        for (int i = 0; i < commands.size(); i++) {
            try {
                results.add(result(commands.get(i), answers.get(i)));
            } catch (HypervisorException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    /** Gives QEMU a duplicate of a descriptor, which later commands know by {@code name}. */
    void passDescriptor(String name, int descriptor) {
        QmpCommand command = QmpCommand.of("getfd", Map.of("fdname", name));
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        CompletableFuture<JsonNode> answer = write(command, text);
        locked(() -> Posix.sendWithDescriptor(socket, text.toByteArray(), descriptor));
        result(command, answer);
    }

    /** All events of these names from now on. */
    QmpEvents subscribe(String... names) {
        QmpEvents events = new QmpEvents(this, Set.of(names));
        subscriptions.add(events);
        if (ended) {
            events.end();
        }
        return events;
    }

    void forget(QmpEvents events) {
        subscriptions.remove(events);
    }

    /** True when QEMU has hung up or {@link #close} was called. */
    boolean ended() {
        return ended;
    }

    /** What to throw when QEMU hung up. */
    HypervisorException gone(String what) {
        return new HypervisorException("QEMU hung up before it reported " + what);
    }

    @Override
    public void close() {
        writing.lock();
        try {
            if (!ended) {
                Posix.shutdown(socket);
            }
        } finally {
            writing.unlock();
        }
    }

    private CompletableFuture<JsonNode> write(QmpCommand command, ByteArrayOutputStream text) {
        long id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("execute", command.name());
        if (!command.arguments().isEmpty()) {
            message.put("arguments", command.arguments());
        }
        message.put("id", id);
        text.writeBytes(JSON.writeValueAsBytes(message));
        text.write('\n');
        LOG.trace("-> {}", message);
        return answer;
    }

    /** What is done to the socket, under the lock and only while it is open. */
    private interface SocketAction {
        void run() throws IOException;
    }

    private void locked(SocketAction action) {
        writing.lock();
        try {
            if (ended) {
                throw gone("the answer");
            }
            action.run();
        } catch (IOException e) {
            throw new HypervisorException("QEMU's monitor takes no command any more", e);
        } finally {
            writing.unlock();
        }
    }

    private void send(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            locked(() -> Posix.send(socket, data, bytes.length));
        }
    }

    private JsonNode result(QmpCommand command, CompletableFuture<JsonNode> answer) {
        JsonNode message = answer("the end of '" + command.name() + "'", answer, ANSWER);
        JsonNode error = message.path("error");
        if (!error.isMissingNode()) {
            throw new QmpException(
                    command.name(),
                    error.path("class").asString(""),
                    error.path("desc").asString(""));
        }
        return message.path("return");
    }

    private JsonNode answer(String what, CompletableFuture<JsonNode> answer, Duration atMost) {
        try {
            return answer.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HypervisorException(
                    "QEMU did not report " + what + " within " + atMost.toMillis() + " ms", e);
        } catch (ExecutionException _) {
            throw gone(what);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Interrupted while waiting for " + what, e);
        }
    }

    private void readAll() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(64 << 10);
            int length;
            while ((length = Posix.read(socket, buffer, (int) buffer.byteSize())) > 0) {
                for (int i = 0; i < length; i++) {
                    byte b = buffer.get(ValueLayout.JAVA_BYTE, i);
                    if (b == '\n') {
                        accept(line.toByteArray());
                        line.reset();
                    } else {
                        line.write(b);
                    }
                }
            }
        } catch (IOException | JacksonException e) {
            LOG.trace("QEMU's monitor is lost", e);
        } finally {
            end();
        }
    }

    private void accept(byte[] line) {
        JsonNode message = JSON.readTree(line);
        LOG.trace("<- {}", message);
        if (!message.path("event").isMissingNode()) {
            QmpEvent event = QmpEvent.of(message);
            listener.accept(event);
            subscriptions.forEach(s -> s.offer(event));
        } else if (!message.path("QMP").isMissingNode()) {
            greeting.complete(message);
        } else {
            CompletableFuture<JsonNode> answer = waiting.remove(message.path("id").asLong(-1));
            if (answer != null) {
                answer.complete(message);
            }
        }
    }

    private void end() {
        writing.lock();
        try {
            ended = true;
            Posix.close(socket);
        } finally {
            writing.unlock();
        }
        IOException cause = new IOException("The monitor's stream ended");
        greeting.completeExceptionally(cause);
        waiting.values().forEach(a -> a.completeExceptionally(cause));
        waiting.clear();
        subscriptions.forEach(QmpEvents::end);
        onEnd.run();
    }
}
