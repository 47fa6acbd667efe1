package dev.drover.lab.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.drover.lab.Host;
import dev.drover.lab.Lab;
import dev.drover.lab.LabException;
import dev.drover.lab.Layout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The client of the guest: a process of its own in the client's namespace, which ends with this
 * one. Thread-safe; calls are served one after the other.
 *
 * <p>Until the first {@link #begin} it sends 20 packets a second, from then on the full rate,
 * between windows too. {@link #load}, {@link #verify}, {@link #stats} and {@link #powerOff} need
 * the guest's program; without it (a user's own image) no answer ever comes, and windows count what
 * was sent.
 */
public final class LabClient implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(5);

    private final Process process;
    private final Writer requests;
    private final BufferedReader answers;

    /**
     * What the client does.
     *
     * @param guestAddress IPv4
     * @param packetsPerSecond at least 1
     * @param streamBytesPerSecond of the guest's stream, at least 1
     */
    public record Options(String guestAddress, int packetsPerSecond, long streamBytesPerSecond) {
        public Options {
            if (packetsPerSecond < 1 || packetsPerSecond > 100_000 || streamBytesPerSecond < 1) {
                throw new IllegalArgumentException(
                        "A client sends 1 to 100000 packets a second and reads 1 byte a second or"
                                + " more");
            }
        }

        /** To the usual guest, with a stream of 1 MB/s. */
        public static Options atRate(int packetsPerSecond) {
            return new Options(Layout.GUEST_ADDRESS, packetsPerSecond, 1_000_000);
        }
    }

    private LabClient(Process process) {
        this.process = process;
        this.requests = process.outputWriter(UTF_8);
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    /**
     * Starts the client's process.
     *
     * @throws LabException when it cannot be started
     */
    public static LabClient start(Lab lab, Options options) {
        Host place = lab.client();
        String java = ProcessHandle.current().info().command().orElse("java");
        // It shares two cores with software emulation: what it measures is not to be its own delay.
        List<String> command =
                List.of(
                        "setsid",
                        "nice",
                        "-n",
                        "-10",
                        java,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-Xmx96m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClientMain.class.getName(),
                        options.guestAddress(),
                        Integer.toString(options.packetsPerSecond()),
                        Long.toString(options.streamBytesPerSecond()));
        try {
            Files.createDirectories(lab.logs());
            return new LabClient(
                    new ProcessBuilder(place.command(command))
                            .redirectError(
                                    ProcessBuilder.Redirect.appendTo(place.log("client").toFile()))
                            .start());
        } catch (IOException e) {
            throw new LabException("Cannot start the client", e);
        }
    }

    /**
     * Waits until the guest answers, and connects its stream then.
     *
     * @return false when it did not answer within {@code atMost}
     */
    public boolean awaitFirstAnswer(Duration atMost) {
        return ask("await " + atMost.toMillis()).number("answered") == 1;
    }

    /**
     * Begins to measure. Windows of different names may overlap.
     *
     * @param window a name of one line
     */
    public void begin(String window) {
        ask("begin " + window);
    }

    /** Ends a window, after waiting at most 2 s for the answers that are still due. */
    public Figures end(String window) {
        Reply reply = ask("end " + window);
        return new Figures(
                new PacketFigures(
                        reply.number("sent"),
                        reply.number("answered"),
                        reply.number("lost"),
                        reply.number("duplicated"),
                        reply.number("reordered"),
                        Duration.ofNanos(reply.number("max_latency_ns")),
                        Duration.ofNanos(reply.number("max_lateness_ns")),
                        Duration.ofNanos(reply.number("silence_ns"))),
                new StreamFigures(
                        reply.number("bytes"),
                        reply.number("bad_bytes"),
                        reply.number("retransmits"),
                        reply.number("unbroken") == 1),
                reply.number("drops"));
    }

    /** Where the whole run stands; for a live view. */
    public Totals totals() {
        Reply reply = ask("totals");
        return new Totals(
                reply.number("sent"),
                reply.number("answered"),
                reply.number("bytes"),
                Duration.ofMillis(reply.number("silent_ms")));
    }

    /**
     * Counts since the start.
     *
     * @param sent packets
     * @param answered packets
     * @param streamBytes received
     * @param silentFor time since the last answer, zero before the first
     */
    public record Totals(long sent, long answered, long streamBytes, Duration silentFor) {}

    /** Sets how busy the guest is. */
    public void load(Load load) {
        ask("guest load " + load.diskBytesPerSecond() + " " + load.memoryBytesPerSecond());
    }

    /** Has the guest compare its disk and memory with what it wrote; its load rests meanwhile. */
    public Verification verify() {
        Reply reply = ask("guest verify");
        return new Verification(
                reply.number("verified_blocks"),
                reply.number("bad_blocks"),
                reply.number("verified_pages"),
                reply.number("bad_pages"),
                new Verification.BadKinds(
                        reply.number("older_pages"),
                        reply.number("newer_pages"),
                        reply.number("torn_pages")));
    }

    /** What the guest has done since its boot. */
    public GuestStats stats() {
        Reply reply = ask("guest stats");
        return new GuestStats(
                reply.number("answers"),
                reply.number("stream_bytes"),
                reply.number("stream_retransmits"),
                reply.number("disk_bytes"),
                reply.number("disk_errors"),
                reply.number("memory_bytes"));
    }

    /** Has the guest stop its load, unmount its disk and switch itself off. */
    public void powerOff() {
        ask("guest poweroff");
    }

    private synchronized Reply ask(String request) {
        try {
            requests.write(request + "\n");
            requests.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new LabException("The client's process ended; see its log");
            }
            return Reply.parse(answer);
        } catch (IOException e) {
            throw new LabException("The client's process does not answer; see its log", e);
        }
    }

    /** Ends the client's process. Idempotent. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            process.destroyForcibly();
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
