package dev.drover.agent;

import dev.drover.api.KeptVolume;
import dev.drover.api.link.Json;
import dev.drover.block.Volumes;
import dev.drover.ports.Allocation;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The volumes of VMs that were destroyed, each in a directory of its own, beside a file that says
 * what it is, until its time is over. Thread-safe.
 */
final class KeptVolumes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptVolumes.class);
    private static final String ABOUT = "kept.json";

    /** The clock may be set, and what could not be removed is tried again. */
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final Path directory;
    private final InstantSource clock;
    private @Nullable Thread remover;

    /**
     * A volume that is to be kept, or is.
     *
     * @param id names its directory
     * @param vm which was destroyed
     */
    record Kept(String id, VmSpec vm, Instant destroyed, Instant until) {}

    KeptVolumes(Path directory, InstantSource clock) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.clock = clock;
    }

    /** From now on removes each when its time is over. */
    void start() {
        remover = Thread.ofVirtual().name("kept-volumes").start(this::removeInTime);
    }

    /** What is to be kept of a VM, for so long from now on. */
    Kept plan(VmSpec vm, Duration time) {
        String id = vm.name() + "-" + UUID.randomUUID().toString().substring(0, 8);
        Instant now = clock.instant();
        return new Kept(id, vm, now, now.plus(time));
    }

    /**
     * Keeps the volume in a VM's directory, without anything else that is there. One rename
     * decides, so that it may be repeated after a crash; then the directory is gone, or has no
     * volume.
     */
    synchronized void keep(Kept kept, Path from) throws IOException {
        Path volume = volume(kept, from);
        if (!Files.exists(volume)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                if (!file.equals(volume)) {
                    Allocations.deleteAll(file);
                }
            }
        }
        Path about = from.resolve(ABOUT);
        Files.write(about, Json.write(kept));
        Volumes.sync(about);
        Volumes.sync(volume);
        Files.move(from, directory.resolve(kept.id()), StandardCopyOption.ATOMIC_MOVE);
        VmJournal.sync(directory);
        VmJournal.sync(from.resolveSibling(""));
        notifyAll();
        LOG.info("Volume {} is kept until {}; all take {} bytes", kept.id(), kept.until(), bytes());
    }

    /** All, in no order. */
    synchronized List<KeptVolume> all() {
        return read().stream().map(this::view).toList();
    }

    /** What all occupy on this host's disk. */
    long bytes() {
        return all().stream().mapToLong(KeptVolume::allocatedBytes).sum();
    }

    /** Removes one. Idempotent. */
    synchronized void remove(String id) {
        read().stream().filter(kept -> kept.id().equals(id)).forEach(this::remove);
    }

    /** The volume first: as long as it is there, it is known. */
    private void remove(Kept kept) {
        Path place = directory.resolve(kept.id());
        try {
            Files.deleteIfExists(volume(kept, place));
            Allocations.deleteAll(place);
        } catch (IOException e) {
            throw new UncheckedIOException("Removing kept volume " + place + " failed", e);
        }
        LOG.info("Kept volume {} is removed; the others take {} bytes", kept.id(), bytes());
    }

    /** Removes those whose time is over; when that of the next one is. */
    synchronized Optional<Instant> removeExpired() {
        Instant now = clock.instant();
        List<Kept> all = read();
        all.stream()
                .filter(kept -> !kept.until().isAfter(now))
                .forEach(kept -> {
                    try {
                        remove(kept);
                    } catch (UncheckedIOException e) {
                        LOG.error("A volume whose time is over stays for now", e);
                    }
                });
        return all.stream().map(Kept::until).filter(now::isBefore).min(Instant::compareTo);
    }

    private synchronized void removeInTime() {
        try {
            while (true) {
                Instant latest = clock.instant().plus(LONGEST_WAIT);
                Instant next = latest;
                try {
                    next = removeExpired().filter(latest::isAfter).orElse(latest);
                } catch (UncheckedIOException e) {
                    LOG.error("Volumes whose time is over stay for now", e);
                }
                wait(Math.max(1, Duration.between(clock.instant(), next).toMillis()));
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    private List<Kept> read() {
        List<Kept> all = new ArrayList<>();
        try (DirectoryStream<Path> places = Files.newDirectoryStream(directory)) {
            for (Path place : places) {
                try {
                    all.add(Json.read(Files.readAllBytes(place.resolve(ABOUT)), Kept.class));
                } catch (IOException | IllegalArgumentException e) {
                    LOG.warn("What is in {} cannot be read; it is left as it is", place, e);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Listing kept volumes in " + directory + " failed", e);
        }
        return all;
    }

    private KeptVolume view(Kept kept) {
        Path volume = volume(kept, directory.resolve(kept.id()));
        VmSpec.DiskSpec disk = kept.vm().disk();
        return new KeptVolume(
                kept.id(),
                kept.vm().name(),
                disk.format().label(),
                disk.sizeBytes(),
                Allocations.allocatedBytes(volume),
                volume.toString(),
                kept.destroyed(),
                kept.until());
    }

    private static Path volume(Kept kept, Path place) {
        return new Allocation(place, "").volume(kept.vm().disk().format());
    }

    /** Removes none any more. */
    @Override
    public void close() {
        if (remover != null) {
            remover.interrupt();
        }
    }
}
