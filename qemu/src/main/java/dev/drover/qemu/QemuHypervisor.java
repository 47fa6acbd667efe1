package dev.drover.qemu;

import dev.drover.ports.Allocation;
import dev.drover.ports.Guest;
import dev.drover.ports.Hypervisor;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** QEMU on this host. */
public final class QemuHypervisor implements Hypervisor {
    /** The first version that does not lose dirty pages under TCG (commit 03bfc2188f06). */
    private static final int TCG_RIGHT_SINCE = 9;

    /** What the fast path of earlier versions needs: whole words of its dirty bitmap. */
    private static final long FAST_PATH_BYTES = 256 << 10;

    private static final long BESIDE_THE_FAST_PATH = 8 << 10;
    private static final long MIB = 1 << 20;
    private static final Duration STARTUP = Duration.ofSeconds(20);

    private final Path binary;
    private final Info info;

    /**
     * Asks the program what it is.
     *
     * @param binary name on the path, or path
     * @throws HypervisorException when it cannot be run
     */
    public QemuHypervisor(Path binary) {
        this.binary = binary;
        this.info = QemuProbe.ask(binary);
    }

    @Override
    public Info info() {
        return info;
    }

    @Override
    public Guest boot(VmSpec spec, Allocation allocation) {
        QemuGuest guest = start(spec, allocation, false);
        guest.awaitRunning();
        return guest;
    }

    @Override
    public Guest prepare(VmSpec spec, Allocation allocation) {
        return start(spec, allocation, true);
    }

    @Override
    public Optional<Guest> adopt(VmSpec spec, Allocation allocation) {
        return QemuProcess.find(allocation.directory())
                .map(process -> {
                    process.freezer().thaw();
                    return new QemuGuest(process, connect(process, allocation), allocation, false);
                });
    }

    @Override
    public long safeMemoryBytes(long wantedBytes) {
        boolean safe = info.livePrecopy() || wantedBytes % FAST_PATH_BYTES != 0;
        return safe ? wantedBytes : Math.ceilDiv(wantedBytes, MIB) * MIB + BESIDE_THE_FAST_PATH;
    }

    /** Ends whatever process an earlier agent left for a VM's directory. Idempotent. */
    public void killLeftover(Path directory) {
        QemuProcess.find(directory).ifPresent(QemuProcess::kill);
    }

    static boolean losesDirtyPages(String accelerator, String version) {
        return accelerator.equals("tcg")
                && Integer.parseInt(version.substring(0, version.indexOf('.'))) < TCG_RIGHT_SINCE;
    }

    private QemuGuest start(VmSpec spec, Allocation allocation, boolean incoming) {
        deleteStale(QemuCommandLine.qmp(allocation.directory()));
        QemuProcess process =
                QemuProcess.start(
                        QemuCommandLine.of(binary, info, spec, allocation, incoming),
                        allocation.directory());
        try {
            return new QemuGuest(process, connect(process, allocation), allocation, incoming);
        } catch (RuntimeException e) {
            process.kill();
            throw e;
        }
    }

    private static void deleteStale(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new HypervisorException("The stale socket " + socket + " cannot be removed", e);
        }
    }

    private static QmpConnection connect(QemuProcess process, Allocation allocation) {
        Path socket = QemuCommandLine.qmp(allocation.directory());
        long deadline = System.nanoTime() + STARTUP.toNanos();
        while (true) {
            try {
                return QmpConnection.connect(socket);
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new HypervisorException(
                            "QEMU did not start: "
                                    + QemuProcess.lastWords(allocation.directory())
                                            .orElse("it said nothing"),
                            e);
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Starting QEMU was given up", e);
        }
    }
}
