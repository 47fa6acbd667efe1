/**
 * The authenticated link between monitors, agents and command line.
 *
 * <p>Read {@link dev.drover.api.link.Peer} (calls in both directions over one connection), {@link
 * dev.drover.api.link.LinkServer} and {@link dev.drover.api.link.Service} (who answers), {@link
 * dev.drover.api.link.Streams} (bulk data over connections of their own), {@link
 * dev.drover.api.link.LinkException} (what can go wrong).
 *
 * <p>The wire format: TLS 1.3, both sides with certificates; on it {@link
 * dev.drover.api.link.Greeting}, then for calls {@link dev.drover.api.link.Frame}s, for a stream
 * {@link dev.drover.api.link.Chunks}.
 *
 * <p>Threads: each connection reads on one virtual thread and writes on another, each incoming call
 * is served on its own. A thread that pins its carrier for seconds (a blocking native call made on
 * a virtual thread) can starve them until the other side thinks this one dead: make such calls on
 * platform threads.
 */
@NullMarked
package dev.drover.api.link;

import org.jspecify.annotations.NullMarked;
