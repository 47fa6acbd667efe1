package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The ip and tc tools, for what a test sets up and looks at, in the calling thread's network. */
final class Ip {
    private Ip() {}

    /** A bridge that says nothing by itself: with snooping it would report IGMP memberships. */
    static void bridge(String name) {
        run("ip", "link", "add", name, "type", "bridge", "mcast_snooping", "0");
        run("ip", "link", "set", "dev", name, "up");
    }

    /** A cable whose first end is a port of the bridge. */
    static void cable(String end, String bridge, String otherEnd) {
        run("ip", "link", "add", end, "type", "veth", "peer", "name", otherEnd);
        run("ip", "link", "set", "dev", end, "master", bridge, "up");
        run("ip", "link", "set", "dev", otherEnd, "up");
        awaitForwarding(end);
    }

    static void port(String end, String bridge) {
        run("ip", "link", "set", "dev", end, "master", bridge, "up");
        awaitForwarding(end);
    }

    /** The bridge hears of a port's carrier a while later, and drops its frames until then. */
    static void awaitForwarding(String port) {
        Until.until(
                () -> run("ip", "-d", "link", "show", "dev", port).contains("state forwarding"),
                () -> port + " is no working port");
    }

    /** Output of the command. */
    static String run(String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        try {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(String.join(" ", words) + ": " + output).isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
