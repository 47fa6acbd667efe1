package dev.drover.api.link;

import dev.drover.api.link.Greeting.Hello;
import dev.drover.api.link.Greeting.Refusal;
import dev.drover.api.link.LinkException.LinkBroken;
import dev.drover.api.link.LinkException.LinkTimeout;
import dev.drover.api.link.LinkException.RemoteFailure;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.NullNode;

/**
 * One connection over which both sides call each other, any number of calls at a time. Any thread.
 *
 * <p>A link that is broken stays so; whoever wants another connects anew.
 */
public final class Peer implements AutoCloseable {
    private static final int MOST_WAITING_FRAMES = 1024;
    private static final int OUT_BUFFER = 64 << 10;
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final SecureSocket socket;
    private final LinkLimits limits;
    private final Caller caller;
    private final Served served;
    private final FrameQueue outbox = new FrameQueue(MOST_WAITING_FRAMES);
    private final Map<Long, CompletableFuture<Frame>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final Thread writer;
    private final Object ending = new Object();
    private final List<Runnable> onClose = new ArrayList<>();
    private volatile @Nullable LinkBroken broken;

    private Peer(
            SecureSocket socket,
            Subject subject,
            int version,
            Function<Caller, Service> services,
            LinkLimits limits) {
        this.socket = socket;
        this.limits = limits;
        this.caller = new Caller(subject, socket.address(), version, Optional.of(this));
        this.served = new Served(caller, services.apply(caller), outbox);
        this.writer = Thread.ofVirtual().name("link-out-" + subject.name()).unstarted(this::write);
    }

    /**
     * Connects to whoever listens at {@code address}, who must be {@code expected}.
     *
     * @param own answers what the other side calls
     * @throws LinkException.LinkRefused when there is no such connection, or the other side refuses
     *     it; also when this thread is virtual and interrupted, which stays set
     */
    public static Peer connect(
            InetSocketAddress address,
            Identity identity,
            Subject expected,
            Service own,
            LinkLimits limits) {
        return connect(address, identity, expected, own, limits, Greeting.VERSION);
    }

    static Peer connect(
            InetSocketAddress address,
            Identity identity,
            Subject expected,
            Service own,
            LinkLimits limits,
            int version) {
        Dial dial = new Dial(address, identity, expected, limits.connect());
        Hello hello = new Hello(version, Optional.empty(), NullNode.getInstance());
        try {
            Dial.Dialled dialled = dial.greet(hello, limits.connect());
            Optional<Refusal> refusal = dialled.welcome().refusal();
            if (refusal.isPresent()) {
                dialled.socket().abort();
                throw dial.refused("says: " + refusal.get().message(), null);
            }
            Function<Caller, Service> services = _ -> own;
            Peer peer = new Peer(dialled.socket(), expected, dialled.version(), services, limits);
            peer.start();
            return peer;
        } catch (SocketTimeoutException e) {
            throw dial.refused("accepted the connection, but says nothing; is it stopped?", e);
        }
    }

    /**
     * The accepting side of a connection; {@link #start} must follow, the welcome sent.
     *
     * @throws RuntimeException which {@code services} threw
     */
    static Peer accepted(
            SecureSocket socket,
            Subject subject,
            int version,
            Function<Caller, Service> services,
            LinkLimits limits) {
        return new Peer(socket, subject, version, services, limits);
    }

    void start() {
        writer.start();
        Thread.ofVirtual().name("link-in-" + caller.subject().name()).start(this::read);
    }

    /** Who is at the other end. */
    public Caller caller() {
        return caller;
    }

    /** False once the link is broken or closed. */
    public boolean isOpen() {
        return broken == null;
    }

    /**
     * As {@link #call(String, Object, Class, Duration)}, with the limit of the {@link LinkLimits}.
     */
    public <T> T call(String verb, @Nullable Object body, Class<T> answer)
            throws InterruptedException {
        return call(verb, body, answer, limits.call());
    }

    /**
     * Asks the other side's service and waits for its answer.
     *
     * @param body a record or null; at most 64 MiB of JSON
     * @param answer what is expected; {@code Void.class} for null
     * @throws RemoteFailure when the other side's service threw
     * @throws LinkBroken when the link breaks or was broken: the outcome is not known
     * @throws LinkTimeout after {@code atMost}; the serving thread is interrupted
     * @throws InterruptedException when this thread is; the serving thread is as well
     * @throws IllegalArgumentException when the answer is no {@code answer}
     */
    public <T> T call(String verb, @Nullable Object body, Class<T> answer, Duration atMost)
            throws InterruptedException {
        return call(verb, body, answer, Optional.of(atMost));
    }

    private <T> T call(
            String verb, @Nullable Object body, Class<T> answer, Optional<Duration> atMost)
            throws InterruptedException {
        long id = ids.incrementAndGet();
        CompletableFuture<Frame> coming = new CompletableFuture<>();
        Frame call = new Frame(Frame.Kind.CALL, id, verb, Json.write(body));
        waiting.put(id, coming);
        try {
            send(call);
            Frame frame = await(coming, atMost);
            if (frame.kind() == Frame.Kind.FAILURE) {
                throw new RemoteFailure(frame.verb(), Json.read(frame.body(), String.class));
            }
            return read(frame, answer);
        } catch (InterruptedException e) {
            outbox.put(Frame.cancel(id));
            throw e;
        } catch (TimeoutException _) {
            outbox.put(Frame.cancel(id));
            throw new LinkTimeout(
                    "The answer of " + caller.subject() + " to '" + verb + "'",
                    atMost.orElseThrow());
        } catch (CancellationException | ExecutionException _) {
            throw brokenLink();
        } finally {
            waiting.remove(id);
        }
    }

    private static Frame await(CompletableFuture<Frame> coming, Optional<Duration> atMost)
            throws InterruptedException, TimeoutException, ExecutionException {
        return atMost.isPresent()
                ? coming.get(atMost.get().toNanos(), TimeUnit.NANOSECONDS)
                : coming.get();
    }

    /**
     * Sends a message that is not answered. Told messages are dealt with one after the other in the
     * order in which they were sent. Waits only when a thousand messages wait already.
     *
     * @throws LinkBroken when the link is broken; otherwise it is not known whether it arrives
     */
    public void tell(String verb, @Nullable Object body) {
        send(new Frame(Frame.Kind.TELL, 0, verb, Json.write(body)));
    }

    /**
     * Has {@code action} run, once, when the link is broken or closed; at once if it is already.
     * The actions run one after the other on a virtual thread.
     */
    public void onClose(Runnable action) {
        synchronized (ending) {
            if (broken == null) {
                onClose.add(action);
                return;
            }
        }
        Thread.ofVirtual().name("link-closed").start(action);
    }

    /** Takes back what {@link #onClose} was given, unless the link has ended. */
    public void forget(Runnable action) {
        synchronized (ending) {
            if (broken == null) {
                onClose.remove(action);
            }
        }
    }

    /**
     * Sends what was told and answered so far (for a second at most), then ends the connection. On
     * both sides calls under way end with {@link LinkBroken}, and who serves them is interrupted.
     */
    @Override
    public void close() {
        outbox.close();
        boolean interrupted = Thread.interrupted();
        try {
            writer.join(LAST_WORDS);
        } catch (InterruptedException _) {
            interrupted = true;
        }
        end("was closed by this side", null);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("NullAway") // Void has no other value
    private static <T> T read(Frame frame, Class<T> answer) {
        return answer == Void.class ? null : Json.read(frame.body(), answer);
    }

    private void send(Frame frame) {
        if (!outbox.put(frame)) {
            throw brokenLink();
        }
    }

    private LinkBroken brokenLink() {
        LinkBroken why = broken;
        return why == null
                ? new LinkBroken("The link to " + caller.subject() + " is being closed", null)
                : new LinkBroken(String.valueOf(why.getMessage()), why.getCause());
    }

    private void write() {
        try {
            var out = new BufferedOutputStream(socket.out(), OUT_BUFFER);
            Frame frame;
            while ((frame = outbox.next(limits.ping().toNanos())) != null) {
                frame.write(out);
                if (outbox.isEmpty()) {
                    out.flush();
                }
            }
            out.flush();
        } catch (IOException e) {
            end("broke while sending", e);
        } catch (InterruptedException e) {
            end("broke: its thread was interrupted", e);
        }
    }

    private void read() {
        try {
            socket.silenceAtMost(limits.dead());
            while (isOpen()) {
                take(Frame.read(socket.in()));
            }
        } catch (SocketTimeoutException e) {
            end(
                    "broke: the other side was silent for %d ms"
                            .formatted(limits.dead().toMillis()),
                    e);
        } catch (EOFException e) {
            end("broke: the other side closed it, or died", e);
        } catch (IOException e) {
            end("broke", e);
        } finally {
            end("broke by an error on this side; see its log", null);
        }
    }

    private void take(Frame frame) {
        switch (frame.kind()) {
            case CALL -> served.call(frame);
            case TELL -> served.tell(frame);
            case CANCEL -> served.cancel(frame.id());
            case ANSWER, FAILURE -> {
                CompletableFuture<Frame> coming = waiting.remove(frame.id());
                if (coming != null) {
                    coming.complete(frame);
                }
            }
            case ALIVE -> {}
        }
    }

    private void end(String how, @Nullable Throwable cause) {
        synchronized (ending) {
            if (broken != null) {
                return;
            }
            broken = new LinkBroken("The link to " + caller.subject() + " " + how, cause);
        }
        outbox.close();
        socket.abort();
        waiting.values().forEach(coming -> coming.cancel(false));
        served.end();
        Thread.ofVirtual().name("link-closed").start(() -> onClose.forEach(Runnable::run));
    }
}
