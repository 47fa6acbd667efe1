package dev.drover.qemu;

import dev.drover.ports.Allocation;
import dev.drover.ports.Guest;
import dev.drover.ports.Hypervisor;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.VmSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * QEMU as Drover's hypervisor: one process a VM, in a session and a control group of its own.
 *
 * <p>In the allocation's directory it keeps {@code qemu.pid}, {@code qmp.sock}, {@code nbd.sock},
 * {@code qemu.log} (what QEMU says on its standard error), {@code console.log} (what the guest
 * writes to its serial port) and, during a move, {@code scratch-*.qcow2}. The tap must exist; QEMU
 * opens it by name.
 */
public final class QemuHypervisor implements Hypervisor {
    /** The longest name of a socket in a VM's directory, with its slash. */
    private static final int SOCKET_NAME_BYTES = QemuProcess.MONITOR.length() + 1;

    /** A RAM block of a multiple of this loses dirty pages, see {@link #safeMemoryBytes}. */
    private static final long DAMAGED_MULTIPLE = 256 << 10;

    private static final long REMEDY_BYTES = 8 << 10;

    private final QemuBinary binary;

    /**
     * Asks the executable what it is and tries which accelerator works here (well under a second).
     *
     * @throws HypervisorException when it is no QEMU for x86 PCs
     */
    public QemuHypervisor(Path binary) {
        this(QemuBinary.probe(binary));
    }

    /** As {@link #QemuHypervisor(Path)} with the accelerator chosen by the caller. */
    public QemuHypervisor(Path binary, Accelerator accelerator) {
        this(QemuBinary.probe(binary, accelerator));
    }

    QemuHypervisor(QemuBinary binary) {
        this.binary = binary;
    }

    @Override
    public Info info() {
        return new Info(
                binary.version().toString(),
                binary.accelerator().label(),
                binary.machine(),
                !binary.losesDirtyPages());
    }

    @Override
    public Guest boot(VmSpec spec, Allocation allocation) {
        QemuGuest guest = start(spec, allocation, false);
        try {
            guest.resume();
            return guest;
        } catch (HypervisorException e) {
            guest.kill();
            guest.close();
            throw e;
        }
    }

    @Override
    public Guest prepare(VmSpec spec, Allocation allocation) {
        return start(spec, allocation, true);
    }

    private QemuGuest start(VmSpec spec, Allocation allocation, boolean incoming) {
        checkSocketPath(allocation.directory());
        QemuProcess process =
                QemuProcess.start(
                        allocation.directory(),
                        QemuCommandLine.of(
                                binary,
                                spec,
                                allocation,
                                incoming,
                                Posix.takesDirect(allocation.volume(spec.disk().format()))));
        try {
            return guest(spec, process, true);
        } catch (HypervisorException e) {
            process.kill();
            String words = process.lastWords().map(w -> ": " + w).orElse("");
            process.close();
            throw new HypervisorException("QEMU did not start '" + spec.name() + "'" + words, e);
        }
    }

    private QemuGuest guest(VmSpec spec, QemuProcess process, boolean fresh) {
        boolean safe = safeMemoryBytes(spec.memoryBytes()) == spec.memoryBytes();
        return new QemuGuest(spec, process, fresh, safe);
    }

    @Override
    public Optional<Guest> adopt(VmSpec spec, Allocation allocation) {
        return QemuProcess.find(allocation.directory())
                .map(process -> {
                    // Its starter may have been killed before it did.
                    process.freezer().take(process.pid());
                    return guest(spec, process, false);
                });
    }

    /**
     * Kills whatever process is left for the VM in this directory, frozen or not, sees it dead and
     * removes its control group and sockets, also those of a process that has died by itself.
     */
    public static void killLeftover(Path directory) {
        QemuProcess.find(directory)
                .ifPresentOrElse(
                        process -> {
                            process.kill();
                            process.close();
                        },
                        () -> QemuProcess.removeTraces(directory));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Software emulation before 9.0 takes a fast path for RAM blocks of a multiple of 256 KiB
     * that loses dirty pages (upstream commit 03bfc2188f06); 8 KiB more, and it is not taken.
     */
    @Override
    public long safeMemoryBytes(long wantedBytes) {
        boolean damaged = binary.losesDirtyPages() && wantedBytes % DAMAGED_MULTIPLE == 0;
        return damaged ? wantedBytes + REMEDY_BYTES : wantedBytes;
    }

    private static void checkSocketPath(Path directory) {
        int bytes = directory.toString().getBytes(StandardCharsets.UTF_8).length;
        int most = Posix.SOCKET_PATH_BYTES - SOCKET_NAME_BYTES;
        if (!directory.isAbsolute() || bytes > most) {
            throw new HypervisorException(
                    "A VM's directory must be an absolute path of at most "
                            + most
                            + " bytes, since sockets lie in it; choose a shorter one than "
                            + directory);
        }
    }
}
