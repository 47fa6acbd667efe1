package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.Origin;
import dev.drover.engine.HostFailure;
import dev.drover.ports.Guest;
import dev.drover.ports.VmSpec;
import dev.drover.testkit.guest.FakeHypervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host does when it is asked to make a VM. Copies of base images: DiskImageIT of block. */
class LocalVmsTest {
    private static final VmSpec SPEC = FakeHost.SPEC;

    @TempDir Path temp;
    private HostContext host;
    private Sides sides;
    private LocalVms vms;

    @BeforeEach
    void aHost() throws IOException {
        host = new FakeHost(temp, new FakeHypervisor()).context();
        sides = new Sides(host);
        vms = new LocalVms(host, sides);
    }

    @Test
    void aVmBeginsWithZeros() throws IOException {
        vms.create(SPEC, 1, new Origin.Nothing());
        LocalVm vm = vms.named(SPEC.name());
        assertThat(vm.state()).isEqualTo(Guest.State.RUNNING);
        assertThat(vm.allocation().volume(SPEC.disk().format())).hasSize(SPEC.disk().sizeBytes());
        assertThatThrownBy(() -> vms.create(SPEC, 1, new Origin.Nothing()))
                .hasMessageContaining("already");
        assertThatThrownBy(() -> vms.fit(SPEC, new Origin.Nothing()))
                .hasMessageContaining("already");
    }

    @Test
    void ofAnImageThatIsNotThereNothingIsMade() throws IOException {
        Files.writeString(temp.resolve("images").resolve("other"), "");
        Files.writeString(temp.resolve("secret"), "");
        for (String name : new String[] {"none", "../secret", "."}) {
            assertThatThrownBy(() -> vms.fit(SPEC, new Origin.Image(name)))
                    .isInstanceOf(HostFailure.class)
                    .hasMessageContaining("no base image '" + name + "'")
                    .hasMessageContaining("which has other");
            assertThatThrownBy(() -> vms.create(SPEC, 1, new Origin.Image(name)))
                    .isInstanceOf(HostFailure.class);
        }
        assertThat(host.journal().readAll()).isEmpty();
        assertThat(host.allocations().of(SPEC).directory()).doesNotExist();
    }

    @Test
    void whatWasBeingMadeWhenItCrashedIsRemoved() throws IOException {
        host.journal().persist(new Standing.Making(SPEC, 1, Optional.empty()));
        Path volume = host.allocations().of(SPEC).volume(SPEC.disk().format());
        Files.createDirectories(volume.getParent());
        Files.writeString(volume, "half of it");
        vms.takeUp();
        assertThat(volume.getParent()).doesNotExist();
        assertThat(host.journal().readAll()).isEmpty();
    }
}
