/**
 * Adapter: Drover's own VMs in QEMU, over QMP.
 *
 * <p>Read {@link dev.drover.qemu.QemuHypervisor} first, then {@link dev.drover.qemu.QemuGuest},
 * {@code QemuCommandLine} (what a VM is to QEMU), {@code QmpConnection} (how it is spoken to),
 * {@code QemuDisk} (snapshot, rounds, writing on the target) and, for the memory, {@code RamStream}
 * (where the stream stands), {@code MemoryChannel} (who may let it flow), {@code PrecopyControl}
 * (how far it flows) and {@code QemuOutgoingMemory}. {@code Posix} holds the system calls that Java
 * lacks.
 *
 * <p>QMP commands and events are those of QEMU's QAPI schema (docs/interop/qemu-qmp-ref), as of 7.2
 * and later.
 */
@NullMarked
package dev.drover.qemu;

import org.jspecify.annotations.NullMarked;
