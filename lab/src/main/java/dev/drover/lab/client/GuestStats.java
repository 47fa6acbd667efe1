package dev.drover.lab.client;

/**
 * What the guest has done since its boot.
 *
 * @param answers packets answered
 * @param streamBytes sent on streams
 * @param streamRetransmits segments sent again on streams (tcpi_total_retrans of linux/tcp.h)
 * @param diskBytes written by the load
 * @param diskErrors writes and flushes that failed
 * @param memoryBytes rewritten by the load
 */
public record GuestStats(
        long answers,
        long streamBytes,
        long streamRetransmits,
        long diskBytes,
        long diskErrors,
        long memoryBytes) {}
