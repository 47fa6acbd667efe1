package dev.drover.lab.client;

/**
 * What became of the stream in a window.
 *
 * @param bytes received
 * @param badBytes of these, not what the guest sends at their offset
 * @param retransmits segments that the guest sent again; -1 when the guest could not be asked
 * @param unbroken false when the connection ended, or never began
 */
public record StreamFigures(long bytes, long badBytes, long retransmits, boolean unbroken) {}
