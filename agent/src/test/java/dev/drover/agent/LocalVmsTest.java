package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.HostAddress;
import dev.drover.api.Origin;
import dev.drover.engine.HostFailure;
import dev.drover.ports.Guest;
import dev.drover.ports.VmSpec;
import dev.drover.testkit.guest.FakeHypervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host does when it is asked to make a VM. Copies of base images: BaseImagesIT. */
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
        String sha256 = "0".repeat(64);
        Origin.Image image = new Origin.Image("debian", sha256, 1, List.of());
        assertThatThrownBy(() -> vms.fit(SPEC, image))
                .isInstanceOf(HostFailure.class)
                .hasMessageContaining("'debian' is not on this host");
        assertThatThrownBy(() -> vms.create(SPEC, 1, image))
                .hasMessageContaining("'debian' is not on this host");
        HostAddress nobody = new HostAddress("h2", "127.0.0.1", 1);
        Origin.Image elsewhere = new Origin.Image("debian", sha256, 1, List.of(nobody));
        assertThat(vms.fit(SPEC, elsewhere).name()).isEqualTo(SPEC.name());
        Origin.Image large = new Origin.Image("debian", sha256, 1L << 60, List.of(nobody));
        assertThatThrownBy(() -> vms.fit(SPEC, large)).hasMessageContaining("free");
        assertThatThrownBy(() -> vms.create(SPEC, 1, elsewhere))
                .hasMessageContaining("did not come from any host that has it. h2: ");
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
