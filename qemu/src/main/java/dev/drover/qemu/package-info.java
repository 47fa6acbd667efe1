/**
 * Drover's own VMs in QEMU, over QMP. Read {@link dev.drover.qemu.QemuHypervisor}, {@code
 * QemuGuest}, {@code QemuDisk} (snapshot and rounds) and {@code QemuOutgoingMemory} with {@code
 * Convergence} (how QEMU is held off its own last stage).
 */
@NullMarked
package dev.drover.qemu;

import org.jspecify.annotations.NullMarked;
