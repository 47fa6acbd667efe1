/**
 * The guest, built on this machine out of the distribution's kernel and a small program.
 *
 * <p>Read {@link dev.drover.lab.guest.GuestImage} first; {@link
 * dev.drover.lab.guest.KernelPackage}, {@link dev.drover.lab.guest.GuestProgram} and {@link
 * dev.drover.lab.guest.BaseDisk} are its parts, kept in a {@link dev.drover.lab.guest.Cache}. What
 * runs inside is under {@code src/main/c}.
 */
@NullMarked
package dev.drover.lab.guest;

import org.jspecify.annotations.NullMarked;
