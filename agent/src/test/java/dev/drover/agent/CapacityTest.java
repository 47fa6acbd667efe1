package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.HostCapacity;
import dev.drover.testkit.guest.FakeHypervisor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapacityTest {
    @Test
    void thisHostHasSomethingOfEach(@TempDir Path temp) throws Exception {
        HostCapacity here =
                Capacity.of(new FakeHost(temp, new FakeHypervisor()).context().settings())
                        .orElseThrow();
        assertThat(here.cores()).isPositive();
        assertThat(here.memoryBytes()).isGreaterThan(64 << 20);
        assertThat(here.diskBytes()).isPositive();
        assertThat(here.bridge()).isEqualTo("vmbr0");
    }

    @Test
    void theKernelsWordsAreRead() {
        assertThat(Capacity.cpu(List.of("processor\t: 0", "model name\t: A CPU: 2.1 GHz", "")))
                .isEqualTo("A CPU: 2.1 GHz");
        assertThat(Capacity.cpu(List.of())).isEmpty();
        List<String> lines = List.of("MemTotal:       8000 kB", "MemFree: 1 kB");
        assertThat(Meminfo.bytes("MemTotal", lines)).hasValue(8000 << 10);
        assertThat(Meminfo.bytes("Mem", lines)).isEmpty();
    }
}
