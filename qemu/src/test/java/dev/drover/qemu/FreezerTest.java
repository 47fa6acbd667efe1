package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.ports.HypervisorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreezerTest {
    @TempDir Path temp;

    @Test
    void version2IsTakenWhereverItIsMounted() throws Exception {
        Path unified = Files.createDirectory(temp.resolve("unified"));
        Path legacy = Files.createDirectory(temp.resolve("freezer"));
        Freezer freezer =
                Freezer.of(
                        Path.of("/vms/a"),
                        List.of(
                                "cgroup " + legacy + " cgroup rw,relatime,freezer 0 0",
                                "cgroup2 " + unified + " cgroup2 rw,relatime 0 0"));
        assertThat(freezer.path().getParent()).isEqualTo(unified);
    }

    @Test
    void theFreezerOfVersion1ServesWithoutVersion2() throws Exception {
        Path cpu = Files.createDirectory(temp.resolve("cpu"));
        Path legacy = Files.createDirectory(temp.resolve("freezer"));
        Freezer freezer =
                Freezer.of(
                        Path.of("/vms/a"),
                        List.of(
                                "cgroup " + cpu + " cgroup rw,relatime,cpu 0 0",
                                "cgroup " + legacy + " cgroup rw,relatime,freezer 0 0"));
        assertThat(freezer.path().getParent()).isEqualTo(legacy);
    }

    @Test
    void aHostWithoutOneIsRefused() {
        assertThatThrownBy(() -> Freezer.of(Path.of("/vms/a"), List.of("proc /proc proc rw 0 0")))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("Mount cgroup2");
    }

    @Test
    void directoriesOfTheSameNameHaveGroupsOfTheirOwn() throws Exception {
        List<String> mounts = List.of("cgroup2 " + temp + " cgroup2 rw,relatime 0 0");
        assertThat(Freezer.of(Path.of("/one/vm"), mounts).path())
                .isNotEqualTo(Freezer.of(Path.of("/two/vm"), mounts).path());
    }
}
