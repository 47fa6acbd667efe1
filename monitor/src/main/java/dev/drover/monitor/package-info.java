/**
 * The cluster monitor. Read {@link dev.drover.monitor.ClusterMonitor} (the wiring), {@link
 * dev.drover.monitor.MonitorService} (what it can be told) and {@link dev.drover.monitor.Moves}
 * (one engine for each move).
 */
@NullMarked
package dev.drover.monitor;

import org.jspecify.annotations.NullMarked;
