package dev.drover.lab.client;

import java.time.Duration;

/**
 * What became of the numbered packets of a window.
 *
 * @param sent between its begin and its end
 * @param answered of these
 * @param lost of these: not answered until 2 s after the window's end
 * @param duplicated answers that came again, whenever their packet was sent
 * @param reordered answers overtaken by that of a later packet, whenever their packet was sent
 * @param maxLatency from sending to answer
 * @param maxLateness from when one was due to when it was sent: the client's own delay, by which
 *     the silence may seem too long
 * @param longestSilence between one answer and the next, the window's edges included
 */
public record PacketFigures(
        long sent,
        long answered,
        long lost,
        long duplicated,
        long reordered,
        Duration maxLatency,
        Duration maxLateness,
        Duration longestSilence) {}
