/**
 * Performs the protocol. Read {@link dev.drover.engine.Engine}, then {@link
 * dev.drover.engine.Works} and the phases in the order of {@link dev.drover.protocol.Phase}: each
 * is one file that says which host does what. The ports {@link dev.drover.engine.SourceHost},
 * {@link dev.drover.engine.TargetHost} and {@link dev.drover.engine.ClusterRecord} are the same
 * whether the other side is in this process or across the network.
 */
@NullMarked
package dev.drover.engine;

import org.jspecify.annotations.NullMarked;
