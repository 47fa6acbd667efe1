package dev.drover.agent;

import dev.drover.agent.KeptVolumes.Kept;
import dev.drover.block.Volumes;
import dev.drover.ports.Allocation;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What this host sets aside for VMs: directory, volume, tap. Thread-safe. */
final class Allocations {
    private static final int TAP_DIGITS = 11;

    private final Path directory;
    private final VmJournal journal;
    private final Network network;
    private final Leftovers leftovers;
    private final KeptVolumes kept;

    /** Ends the hypervisor process that an earlier agent left in a directory. */
    interface Leftovers {
        void kill(Path directory);
    }

    Allocations(
            Path directory,
            VmJournal journal,
            Network network,
            Leftovers leftovers,
            KeptVolumes kept)
            throws IOException {
        this.directory = Files.createDirectories(directory);
        this.journal = journal;
        this.network = network;
        this.leftovers = leftovers;
        this.kept = kept;
    }

    /** What stays of VMs that were destroyed. */
    KeptVolumes kept() {
        return kept;
    }

    /** Where everything of a VM is, whether it exists or not. */
    Allocation of(VmSpec spec) {
        return new Allocation(directory.resolve(spec.name()), tapOf(spec.name()));
    }

    /** 44 bits of SHA-256: two VMs share one only by rare chance. IFNAMSIZ (16) bounds it. */
    private static String tapOf(String vm) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(vm.getBytes(StandardCharsets.UTF_8));
            return "dv" + HexFormat.of().formatHex(hash).substring(0, TAP_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Makes directory and tap. The VM is in the journal already. */
    void make(VmSpec spec) throws IOException {
        Allocation allocation = of(spec);
        Files.createDirectories(allocation.directory());
        network.makeTap(allocation.tap(), spec.nic().bridge());
    }

    /** Makes an empty volume. */
    void makeVolume(VmSpec spec) throws IOException, InterruptedException {
        Volumes.create(
                of(spec).volume(spec.disk().format()),
                spec.disk().format(),
                spec.disk().sizeBytes(),
                0);
    }

    /** What a VM's volume occupies on this host's disk, in bytes; 0 when there is none. */
    long allocatedBytes(LocalVm vm) {
        return allocatedBytes(vm.allocation().volume(vm.spec().disk().format()));
    }

    static long allocatedBytes(Path volume) {
        try {
            return Files.exists(volume) ? Volumes.allocatedBytes(volume) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the VM's process, also one that could not be taken up. Idempotent. */
    void kill(LocalVm vm) {
        vm.kill();
        leftovers.kill(vm.allocation().directory());
    }

    /** Kills the VM's process and removes everything of it. Idempotent. */
    void remove(LocalVm vm) {
        remove(vm, Optional.empty());
    }

    /** As the other, but for its volume if that is to be kept; repeated, as it was first said. */
    void remove(LocalVm vm, Optional<Kept> volume) {
        Optional<Kept> first =
                vm.standing() instanceof Standing.Leaving(_, var said) ? said : Optional.empty();
        Standing.Leaving leaving = new Standing.Leaving(vm.spec(), first.or(() -> volume));
        journal.persist(leaving);
        vm.stand(leaving);
        vm.kill();
        remove(leaving.vm(), leaving.kept());
    }

    /** As the other, whatever process may be left. */
    void remove(VmSpec spec, Optional<Kept> volume) {
        Allocation allocation = of(spec);
        try {
            leftovers.kill(allocation.directory());
            network.removeTap(allocation.tap());
            if (volume.isPresent()) {
                kept.keep(volume.get(), allocation.directory());
            }
            deleteAll(allocation.directory());
            journal.remove(spec.name());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Removing VM " + spec.name() + " below " + directory + " failed", e);
        }
    }

    static void deleteAll(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        }
    }
}
