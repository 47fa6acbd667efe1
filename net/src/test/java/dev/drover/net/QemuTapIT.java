package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.testkit.net.GateBench;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A real QEMU at the tap, its guest not started, as at the target of a move. */
@ExtendWith(OwnNetwork.class)
class QemuTapIT {
    @Test
    void qemuOpensTheTapByNameAndTheGateFollowsIt() throws Exception {
        Ip.bridge("sw");
        Ip.cable("cable", "sw", "net");
        try (TestHost host = new TestHost("a", "sw");
                Wire wire = new Wire("net");
                EbpfPacketGate gate = EbpfPacketGate.open(host.gate(Attachment.AUTO))) {
            Process qemu = start("atap");
            try {
                Ip.awaitForwarding("atap");
                gate.follow(qemu.pid());
                assertThat(gate.drain(Duration.ofMinutes(1))).isTrue();
                gate.shutOutput();
                gate.announce(GateBench.MAC);
                assertThat(gate.outputDropped()).isPositive();
                assertThat(wire.announced(GateBench.MAC)).isFalse();
                gate.openOutput();
                gate.announce(GateBench.MAC);
                Until.until(() -> wire.announced(GateBench.MAC), () -> "the announcement");
            } finally {
                qemu.destroyForcibly();
                qemu.waitFor();
            }
            assertThat(Ip.run("ip", "link", "show", "dev", "atap"))
                    .as("the duplicate keeps the tap up")
                    .contains("LOWER_UP");
        }
    }

    private static Process start(String tap) throws IOException {
        return new ProcessBuilder(
                        "qemu-system-x86_64",
                        "-machine",
                        "pc,accel=tcg",
                        "-nodefaults",
                        "-display",
                        "none",
                        "-S",
                        "-m",
                        "32",
                        "-netdev",
                        "tap,id=net0,ifname=" + tap + ",script=no,downscript=no,vhost=off",
                        "-device",
                        "virtio-net-pci,netdev=net0,mac=" + GateBench.MAC)
                .inheritIO()
                .start();
    }
}
