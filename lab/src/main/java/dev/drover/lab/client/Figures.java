package dev.drover.lab.client;

/**
 * What the client saw in a window.
 *
 * @param packets the numbered packets
 * @param stream the checked stream
 * @param clientDrops packets that the client's own kernel dropped for want of room: counted as lost
 *     above, though no fault of what is measured
 */
public record Figures(PacketFigures packets, StreamFigures stream, long clientDrops) {}
