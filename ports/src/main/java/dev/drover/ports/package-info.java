/**
 * What Drover asks of a hypervisor and of a host's network: interfaces and plain records only.
 *
 * <p>Read {@link dev.drover.ports.Hypervisor} and {@link dev.drover.ports.Guest} first, then {@link
 * dev.drover.ports.Disk}, {@link dev.drover.ports.OutgoingMemory}, {@link
 * dev.drover.ports.IncomingMemory} and {@link dev.drover.ports.PacketGate}. Nothing here knows
 * QEMU, libvirt, eBPF or NBD's wire format; each port says what it does <em>not</em> promise. Every
 * implementation, fakes included, passes the contract suite of its port in {@code testkit}.
 */
@NullMarked
package dev.drover.ports;

import org.jspecify.annotations.NullMarked;
