/**
 * Fakes of {@link dev.drover.ports.Hypervisor}, {@link dev.drover.ports.Guest} and {@link
 * dev.drover.ports.Disk}, and the contract suites that they share with the real adapters: {@link
 * dev.drover.testkit.guest.GuestContract}, {@link dev.drover.testkit.guest.DiskContract}.
 */
@NullMarked
package dev.drover.testkit.guest;

import org.jspecify.annotations.NullMarked;
