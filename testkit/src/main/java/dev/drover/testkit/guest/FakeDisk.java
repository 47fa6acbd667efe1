package dev.drover.testkit.guest;

import dev.drover.ports.Disk;
import dev.drover.ports.HypervisorException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory. Nobody listens at its exports' socket: their content is read and written
 * through {@link #read}, {@link #write} and {@link #marked} by the export's name.
 */
public final class FakeDisk implements Disk {
    private final FakeVolume volume;
    private final Path socket;
    private final Map<String, FakeVolume> exports = new HashMap<>();
    private NavigableSet<Long> marked = new TreeSet<>();
    private boolean tracking;
    private int round;

    FakeDisk(FakeVolume volume, Path socket) {
        this.volume = volume;
        this.socket = socket;
    }

    /** The guest writes. */
    public void guestWrites(long offset, byte[] bytes) {
        volume.write(offset, bytes);
    }

    /** What a client of the export reads. */
    public synchronized byte[] read(Export export, long offset, int length) {
        return exported(export.name()).read(offset, length);
    }

    /** A client of the export writes. */
    public synchronized void write(Export export, long offset, byte[] bytes) {
        if (!export.name().equals("volume")) {
            throw new HypervisorException("Export '" + export.name() + "' is read-only");
        }
        exported(export.name()).write(offset, bytes);
    }

    /** Offsets of the blocks of 4096 bytes that the round's bitmap marks. */
    public synchronized NavigableSet<Long> marked(Export export) {
        FakeVolume _ = exported(export.name());
        NavigableSet<Long> offsets = new TreeSet<>();
        marked.forEach(number -> offsets.add(number * FakeVolume.BLOCK_BYTES));
        return offsets;
    }

    private FakeVolume exported(String name) {
        FakeVolume found = exports.get(name);
        if (found == null) {
            throw new HypervisorException("There is no export '" + name + "'");
        }
        return found;
    }

    private Export export(String name, FakeVolume content, @Nullable String bitmap) {
        if (exports.putIfAbsent(name, content) != null) {
            throw new HypervisorException("Export '" + name + "' exists");
        }
        return new Export(socket, name, Optional.ofNullable(bitmap));
    }

    @Override
    public long sizeBytes() {
        return volume.sizeBytes();
    }

    @Override
    public synchronized Export snapshot() {
        endTracking();
        NavigableSet<Long> _ = volume.cutWritten();
        tracking = true;
        return export("snapshot", volume.copy(), null);
    }

    @Override
    public synchronized void dropSnapshot() {
        exports.remove("snapshot");
    }

    @Override
    public synchronized Round nextRound() {
        if (!tracking) {
            throw new HypervisorException("Writes are not tracked");
        }
        Export made = export("round", volume, "fake:" + (round + 1));
        marked = volume.cutWritten();
        round++;
        return new Round(round, (long) marked.size() * FakeVolume.BLOCK_BYTES, made);
    }

    @Override
    public synchronized Round lastRound() {
        Round last = nextRound();
        tracking = false;
        return last;
    }

    @Override
    public synchronized void endRound() {
        exports.remove("round");
        marked.clear();
    }

    @Override
    public synchronized void endTracking() {
        exports.clear();
        marked.clear();
        tracking = false;
        round = 0;
    }

    @Override
    public synchronized Export openForWriting() {
        exports.clear();
        return export("volume", volume, null);
    }

    @Override
    public synchronized void closeForWriting() {
        exports.remove("volume");
    }

    @Override
    public synchronized Export commitView() {
        return export("view", volume.copy(), null);
    }

    @Override
    public synchronized void dropCommitView() {
        exports.remove("view");
    }
}
