package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.drover.testkit.net.GateBench;
import dev.drover.testkit.net.NumberedFrame;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a process leaves that was killed with its gate holding. */
@ExtendWith(OwnNetwork.class)
class GateLeftoversIT {
    private static final Duration LONG = Duration.ofMinutes(1);

    /** The process that is killed: holds the gate of a tap until its end. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            GateOptions options =
                    GateOptions.of(arguments[0], arguments[1])
                            .with(Attachment.valueOf(arguments[2]));
            EbpfPacketGate gate = EbpfPacketGate.open(options);
            gate.pin(GateBench.MAC);
            gate.hold(LONG);
            gate.keep();
            System.out.println("holding");
            int _ = System.in.read();
            gate.close();
        }
    }

    @Test
    void withTcxFramesPassAgainAndNothingIsLeft() throws Exception {
        List<Long> received = Collections.synchronizedList(new ArrayList<>());
        Ip.bridge("sw");
        Ip.cable("cable", "sw", "net");
        try (TestHost host = new TestHost("a", "sw");
                TapVm _ = host.vm(received);
                Wire wire = new Wire("net")) {
            kill(holder(Attachment.TCX), wire, received);
            sendUntilReceived(wire, received);
            assertThat(Ip.run("bridge", "fdb", "show")).contains("sticky");
            EbpfPacketGate.unpinLeftover("atap", GateBench.MAC);
            assertThat(Ip.run("bridge", "fdb", "show")).doesNotContain("sticky");
            assertThat(Ip.run("ip", "-o", "link")).doesNotContain(CaptureTap.nameFor("atap"));
            EbpfPacketGate.removeLeftovers("atap");
            EbpfPacketGate.open(host.gate(Attachment.TCX)).close();
        }
    }

    @Test
    void withClsactTheGateStaysShutUntilItIsRemoved() throws Exception {
        List<Long> received = Collections.synchronizedList(new ArrayList<>());
        Ip.bridge("sw");
        Ip.cable("cable", "sw", "net");
        try (TestHost host = new TestHost("a", "sw");
                TapVm _ = host.vm(received);
                Wire wire = new Wire("net")) {
            kill(holder(Attachment.CLSACT), wire, received);
            assertThat(filters()).contains("drover-gate");
            EbpfPacketGate.removeLeftovers("atap");
            EbpfPacketGate.removeLeftovers("atap");
            assertThat(filters()).doesNotContain("drover-gate");
            assertThat(Ip.run("ip", "-o", "link")).doesNotContain(CaptureTap.nameFor("atap"));
            sendUntilReceived(wire, received);
            EbpfPacketGate.open(host.gate(Attachment.CLSACT)).close();
            assertThat(filters()).doesNotContain("drover-gate");
        }
    }

    @Test
    void aTapThatIsGoneHasNoLeftovers() {
        assertThatCode(
                        () -> {
                            EbpfPacketGate.removeLeftovers("gone");
                            EbpfPacketGate.unpinLeftover("gone", GateBench.MAC);
                        })
                .doesNotThrowAnyException();
    }

    @Test
    void aTapWhoseVmIsDeadIsUnpinned() throws Exception {
        Ip.bridge("sw");
        try (TestHost _ = new TestHost("a", "sw")) {
            assertThatCode(() -> EbpfPacketGate.unpinLeftover("atap", GateBench.MAC))
                    .doesNotThrowAnyException();
            Ip.run(
                    "bridge",
                    "fdb",
                    "replace",
                    GateBench.MAC,
                    "dev",
                    "atap",
                    "master",
                    "static",
                    "sticky");
            EbpfPacketGate.unpinLeftover("atap", GateBench.MAC);
            assertThat(Ip.run("bridge", "fdb", "show")).doesNotContain("sticky");
        }
    }

    private static String filters() {
        return Ip.run("tc", "filter", "show", "dev", "atap", "egress")
                + Ip.run("tc", "filter", "show", "dev", "atap", "ingress");
    }

    private static Process holder(Attachment attachment) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        Holder.class.getName(),
                        "atap",
                        "abr",
                        attachment.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Kills the process while it holds: a frame sent before does not reach the VM. */
    private static void kill(Process process, Wire wire, List<Long> received) throws Exception {
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("holding");
            wire.send(NumberedFrame.of(GateBench.MAC, "52:54:00:d0:0e:02", 1));
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor()).isEqualTo(128 + 9);
        }
        assertThat(received).isEmpty();
    }

    private static void sendUntilReceived(Wire wire, List<Long> received) {
        Until.until(
                () -> {
                    wire.send(NumberedFrame.of(GateBench.MAC, "52:54:00:d0:0e:02", 2));
                    return received.contains(2L);
                },
                () -> "frames pass");
        assertThat(received).doesNotContain(1L);
    }
}
