/**
 * The host agent: its side of a move, its allocations, its journal. Read {@link
 * dev.drover.agent.HostAgent} (the wiring), then {@link dev.drover.agent.SourceSide} and {@link
 * dev.drover.agent.TargetSide}, whose methods stand in the order of the move, for VMs that run, and
 * {@link dev.drover.agent.RestingSource} and {@link dev.drover.agent.RestingTarget} for those that
 * do not.
 */
@NullMarked
package dev.drover.agent;

import org.jspecify.annotations.NullMarked;
