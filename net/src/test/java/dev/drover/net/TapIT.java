package dev.drover.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The tap of a VM in the kernel. */
@ExtendWith(OwnNetwork.class)
class TapIT {
    private static final long HERE = ProcessHandle.current().pid();

    @Test
    void aTapIsAPortOfItsBridgeWithItsMtuAndALongQueue() {
        Ip.bridge("host0");
        Ip.run("ip", "link", "set", "dev", "host0", "mtu", "1400");
        Tap.create("vm0", "host0");
        Tap.create("vm0", "host0");
        assertThat(Ip.run("ip", "-d", "link", "show", "dev", "vm0"))
                .contains("master host0", "mtu 1400", "qlen 10000", "qdisc noqueue")
                .contains("type tap pi off vnet_hdr on persist on")
                .contains(",UP");
        assertThat(Ip.run("tc", "qdisc", "show", "dev", "vm0")).contains("clsact");
    }

    @Test
    void aTapInUseStaysAsItIs() {
        Ip.bridge("host0");
        Tap.create("vm0", "host0");
        try (TapVm _ = TapVm.into("vm0", new ArrayList<>())) {
            Tap.create("vm0", "host0");
            assertThat(Ip.run("ip", "link", "show", "dev", "vm0")).contains("LOWER_UP");
        }
    }

    @Test
    void removingIsIdempotentAndWorksInUse() {
        Ip.bridge("host0");
        Tap.create("vm0", "host0");
        try (TapVm vm = TapVm.into("vm0", new ArrayList<>())) {
            vm.reads(false);
            Tap.remove("vm0");
            Tap.remove("vm0");
            assertThat(Ip.run("ip", "-o", "link")).doesNotContain("vm0");
        }
    }

    @Test
    void aDuplicateKeepsTheTapUpWhenTheVmIsGone() {
        Ip.bridge("host0");
        Tap.create("vm0", "host0");
        TapVm vm = TapVm.into("vm0", new ArrayList<>());
        try (Descriptor duplicate = Tap.duplicate(HERE, "vm0")) {
            vm.close();
            assertThat(duplicate.readable()).isFalse();
            assertThat(Ip.run("ip", "link", "show", "dev", "vm0")).contains("LOWER_UP");
        }
        Until.until(
                () -> !Ip.run("ip", "link", "show", "dev", "vm0").contains("LOWER_UP"),
                () -> "the tap is down");
    }

    @Test
    void aProcessWithoutTheTapHasNoDuplicate() {
        assertThatThrownBy(() -> Tap.duplicate(HERE, "vm0"))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("does not have tap vm0 open");
    }

    @Test
    void aMissingBridgeIsNamed() {
        assertThatThrownBy(() -> Tap.create("vm0", "nobridge"))
                .isInstanceOf(KernelException.class)
                .hasMessage("Looking for interface nobridge failed: No such device (errno 19)");
        assertThat(Ip.run("ip", "-o", "link")).doesNotContain("vm0");
    }

    @Test
    void aGateNeedsItsTapOnItsBridge() {
        Ip.bridge("host0");
        Ip.bridge("host1");
        Tap.create("vm0", "host0");
        assertThatThrownBy(() -> EbpfPacketGate.open(GateOptions.of("vm0", "host1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Tap vm0 is no port of bridge host1");
    }
}
