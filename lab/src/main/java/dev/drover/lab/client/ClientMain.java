package dev.drover.lab.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.drover.lab.LabException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The client's process. Arguments: the guest's address, packets a second, the stream's bytes a
 * second. Requests come as lines on standard input, each answered by one line (see {@link Reply});
 * the process ends with its input, so that it does not outlive who started it.
 */
final class ClientMain implements AutoCloseable {
    private static final int ANSWER_PORT = 7001;
    private static final int STREAM_PORT = 7002;
    private static final int CONTROL_PORT = 7003;
    private static final int PROBES_PER_SECOND = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration BOOT_PATIENCE = Duration.ofSeconds(30);
    private static final Duration VERIFY_PATIENCE = Duration.ofSeconds(60);

    private final Inet4Address guest;
    private final int packetsPerSecond;
    private final long streamBytesPerSecond;
    private final Tally tally = new Tally();
    private final PacketTraffic traffic;
    private final Map<String, Start> starts = new HashMap<>();
    private @Nullable GuestStream stream;
    private @Nullable GuestControl control;

    /** Counters at a window's begin. */
    private record Start(long bytes, long badBytes, long retransmits, long drops) {}

    private ClientMain(Inet4Address guest, int packetsPerSecond, long streamBytesPerSecond)
            throws IOException {
        this.guest = guest;
        this.packetsPerSecond = packetsPerSecond;
        this.streamBytesPerSecond = streamBytesPerSecond;
        this.traffic = new PacketTraffic(guest, ANSWER_PORT, tally, PROBES_PER_SECOND);
    }

    /** See the class. */
    public static void main(String[] arguments) throws IOException {
        var guest = (Inet4Address) InetAddress.getByName(arguments[0]);
        int rate = Integer.parseInt(arguments[1]);
        var requests = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        try (var client = new ClientMain(guest, rate, Long.parseLong(arguments[2]))) {
            String request = requests.readLine();
            while (request != null) {
                System.out.println(client.answer(request));
                request = requests.readLine();
            }
        }
        System.exit(0);
    }

    private String answer(String request) {
        int space = request.indexOf(' ');
        String word = space < 0 ? request : request.substring(0, space);
        String rest = request.substring(space + 1);
        try {
            return switch (word) {
                case "await" -> await(Duration.ofMillis(Long.parseLong(rest)));
                case "begin" -> begin(rest);
                case "end" -> end(rest);
                case "totals" -> totals();
                case "guest" -> askGuest(rest, VERIFY_PATIENCE);
                default -> Reply.error("No such request: " + word);
            };
        } catch (IOException | RuntimeException e) {
            return Reply.error(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.error("Interrupted");
        }
    }

    private String await(Duration atMost) throws IOException, InterruptedException {
        boolean answered = tally.awaitFirst(atMost);
        if (answered && stream == null) {
            stream = new GuestStream(at(STREAM_PORT), streamBytesPerSecond);
            control = GuestControl.connect(at(CONTROL_PORT), BOOT_PATIENCE);
        }
        return Reply.ok(Map.of("answered", answered ? 1L : 0L));
    }

    /** A connection of before the guest's last boot is of no use: then by a new one. */
    private String askGuest(String request, Duration atMost) throws IOException {
        boolean old = control != null;
        try {
            return askOnce(request, atMost);
        } catch (IOException e) {
            if (old && !(e.getCause() instanceof SocketTimeoutException)) {
                return askOnce(request, atMost);
            }
            throw e;
        }
    }

    private String askOnce(String request, Duration atMost) throws IOException {
        GuestControl present = control;
        if (present == null) {
            present = GuestControl.connect(at(CONTROL_PORT), BOOT_PATIENCE);
            control = present;
        }
        try {
            return present.ask(request, atMost);
        } catch (IOException e) {
            // A late answer would be taken for that of the next request.
            control = null;
            present.close();
            throw new IOException(
                    "The guest does not answer '" + request + "' (" + e.getMessage() + ")", e);
        }
    }

    private InetSocketAddress at(int port) {
        return new InetSocketAddress(guest, port);
    }

    private String begin(String window) {
        GuestStream current = stream;
        var start =
                new Start(
                        current == null ? 0 : current.check().bytes(),
                        current == null ? 0 : current.check().badBytes(),
                        retransmits(),
                        SnmpCounters.read().udpReceiveBufferErrors());
        traffic.rate(packetsPerSecond);
        tally.begin(window, System.nanoTime());
        starts.put(window, start);
        return Reply.ok(Map.of());
    }

    private String end(String window) throws InterruptedException {
        PacketFigures packets = tally.end(window, PATIENCE);
        Start start = starts.remove(window);
        if (start == null) {
            throw new IllegalStateException("No window '" + window + "' has begun");
        }
        GuestStream current = stream;
        long retransmits = retransmits();
        var values = new LinkedHashMap<String, Long>();
        values.put("sent", packets.sent());
        values.put("answered", packets.answered());
        values.put("lost", packets.lost());
        values.put("duplicated", packets.duplicated());
        values.put("reordered", packets.reordered());
        values.put("max_latency_ns", packets.maxLatency().toNanos());
        values.put("max_lateness_ns", packets.maxLateness().toNanos());
        values.put("silence_ns", packets.longestSilence().toNanos());
        values.put("bytes", current == null ? 0 : current.check().bytes() - start.bytes());
        values.put(
                "bad_bytes", current == null ? 0 : current.check().badBytes() - start.badBytes());
        values.put(
                "retransmits",
                retransmits < 0 || start.retransmits() < 0
                        ? -1
                        : retransmits - start.retransmits());
        values.put("unbroken", current != null && current.unbroken() ? 1L : 0L);
        values.put("drops", SnmpCounters.read().udpReceiveBufferErrors() - start.drops());
        return Reply.ok(values);
    }

    /** As the guest counts them, who sends; -1 when it cannot be asked. */
    private long retransmits() {
        if (control == null) {
            return -1;
        }
        try {
            return Reply.parse(askGuest("stats", PATIENCE)).number("stream_retransmits");
        } catch (IOException | LabException _) {
            return -1;
        }
    }

    private String totals() {
        Tally.Totals totals = tally.totals();
        GuestStream current = stream;
        return Reply.ok(
                Map.of(
                        "sent",
                        totals.sent(),
                        "answered",
                        totals.answered(),
                        "silent_ms",
                        tally.silentFor(System.nanoTime()),
                        "bytes",
                        current == null ? 0 : current.check().bytes()));
    }

    @Override
    public void close() throws IOException {
        traffic.close();
        if (stream != null) {
            stream.close();
        }
        if (control != null) {
            control.close();
        }
    }
}
