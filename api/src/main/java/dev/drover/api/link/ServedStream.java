package dev.drover.api.link;

import dev.drover.api.link.Greeting.Hello;
import dev.drover.api.link.Greeting.Refusal;
import dev.drover.api.link.Greeting.Welcome;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** The accepting side of a stream. */
final class ServedStream {
    private static final System.Logger LOG = System.getLogger(ServedStream.class.getName());

    /** How long a stream whose handler is done waits for the other side to end its direction. */
    private static final Duration PARTING = Duration.ofSeconds(5);

    private static final int PARTING_BYTES = 16 << 20;

    private final SecureSocket socket;
    private final Caller caller;
    private final int version;
    private final Chunks.Input in;
    private final Chunks.Output out;
    private boolean taken;

    ServedStream(SecureSocket socket, Caller caller, int version) {
        this.socket = socket;
        this.caller = caller;
        this.version = version;
        this.in = new Chunks.Input(socket.in(), this::take);
        this.out = new Chunks.Output(socket.out(), this::take);
    }

    /** Has it served by this thread, to its end. */
    void serve(Function<Caller, Service> services, Hello hello) {
        String purpose = hello.stream().orElseThrow();
        try {
            socket.silenceAtMost(Duration.ZERO);
            services.apply(caller).stream(caller, purpose, hello.header(), in, out);
            out.close();
            part();
        } catch (Throwable t) {
            LOG.log(
                    t instanceof Error ? Level.ERROR : Level.DEBUG,
                    "The stream '" + purpose + "' of " + caller.subject() + " failed",
                    t);
            fail(t);
        } finally {
            socket.abort();
        }
    }

    /** The handler uses the streams: whoever opened them may do so too. */
    private synchronized void take() throws IOException {
        if (!taken) {
            taken = true;
            Greeting.write(socket.out(), new Welcome(version, Optional.empty()));
        }
    }

    private synchronized boolean refuse(Refusal refusal) throws IOException {
        if (!taken) {
            taken = true;
            Greeting.write(socket.out(), new Welcome(version, Optional.of(refusal)));
            return true;
        }
        return false;
    }

    /** Closing with unread bytes in the socket would make the kernel throw away our last ones. */
    private void part() throws IOException {
        socket.silenceAtMost(PARTING);
        try {
            in.skip(PARTING_BYTES);
        } catch (IOException _) {
            // The handler is done: how the other side ends does not matter any more.
        }
    }

    private void fail(Throwable t) {
        try {
            // An interrupt would close the socket before the reason is out.
            boolean interrupted = Thread.interrupted();
            if (!refuse(new Refusal(Served.kindOf(t), Served.messageOf(t)))) {
                out.fail(Served.messageOf(t));
            }
            part();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "The other side could not be told", e);
        }
    }
}
