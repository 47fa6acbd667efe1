/**
 * The records that cross a wire. Read {@link dev.drover.api.MoveOrder}, {@link
 * dev.drover.api.SourceMessage}, {@link dev.drover.api.TargetMessage} and {@link
 * dev.drover.api.MonitorMessage}; {@link dev.drover.api.RemoteSource} and {@link
 * dev.drover.api.RemoteTarget} are the engine's hosts as seen across the network.
 */
@NullMarked
package dev.drover.api;

import org.jspecify.annotations.NullMarked;
