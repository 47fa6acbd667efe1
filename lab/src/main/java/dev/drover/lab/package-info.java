/**
 * Hosts out of namespaces, the guest and its client: what demo, integration tests and benchmarks
 * share.
 *
 * <p>Read {@link dev.drover.lab.Layout} (who is where), then {@link dev.drover.lab.Lab} (makes and
 * removes it), then {@code dev.drover.lab.guest.GuestImage} (what boots) and {@code
 * dev.drover.lab.client.LabClient} (who watches it).
 */
@NullMarked
package dev.drover.lab;

import org.jspecify.annotations.NullMarked;
