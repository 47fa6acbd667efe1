/**
 * The client of the guest: numbered packets, a checked stream, and the guest's control.
 *
 * <p>Read {@link dev.drover.lab.client.LabClient} (this side), then {@code ClientMain} (the process
 * inside the namespace), {@code Tally} and {@code StreamCheck} (what counts as lost or bad).
 */
@NullMarked
package dev.drover.lab.client;

import org.jspecify.annotations.NullMarked;
