/**
 * The disk data path of a move. Read in this order: {@link dev.drover.block.ImagePull} and {@link
 * dev.drover.block.RoundPull}, what is copied; {@link dev.drover.block.NbdClient}, over what;
 * {@link dev.drover.block.StreamPump} and {@link dev.drover.block.CompressedStream}, how it passes
 * between hosts; {@link dev.drover.block.Volumes}, where it ends; {@link
 * dev.drover.block.ImageDigest}, how it is proven.
 */
@NullMarked
package dev.drover.block;

import org.jspecify.annotations.NullMarked;
