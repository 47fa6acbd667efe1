/**
 * The packet path: taps, the gate that holds a VM's packets, interface counters. Linux only, as
 * root.
 *
 * <p>Read {@link dev.drover.net.EbpfPacketGate} first, then {@link dev.drover.net.GatePrograms}
 * (what runs in the kernel) and {@link dev.drover.net.GateMap} (what both sides share). {@link
 * dev.drover.net.Tap} makes a VM's tap. Everything that enters the kernel goes through {@link
 * dev.drover.net.Kernel}.
 */
@NullMarked
package dev.drover.net;

import org.jspecify.annotations.NullMarked;
