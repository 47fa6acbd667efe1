package dev.drover.qemu;

import tools.jackson.databind.JsonNode;

/**
 * What {@code query-migrate} tells.
 *
 * @param status for example {@code active}
 * @param error why it failed; "" when it did not
 * @param totalBytes of the guest's memory
 * @param remainingBytes of the running round
 * @param sentPages since the beginning, zero pages included
 * @param dirtySyncs how often the dirty pages were collected
 * @param dirtyPagesPerSecond 0 while unknown
 * @param bytesPerMilli the rate that QEMU last saw, by which it judges what is small enough
 */
record MigrationState(
        String status,
        String error,
        long totalBytes,
        long remainingBytes,
        long sentPages,
        int dirtySyncs,
        long dirtyPagesPerSecond,
        long bytesPerMilli) {

    /** Before anything is known. */
    static final MigrationState NONE = new MigrationState("none", "", 0, 0, 0, 0, 0, 0);

    static MigrationState of(JsonNode answer) {
        JsonNode ram = answer.path("ram");
        return new MigrationState(
                answer.path("status").asString("none"),
                answer.path("error-desc").asString(""),
                ram.path("total").asLong(0),
                ram.path("remaining").asLong(0),
                ram.path("normal").asLong(0) + ram.path("duplicate").asLong(0),
                (int) ram.path("dirty-sync-count").asLong(0),
                ram.path("dirty-pages-rate").asLong(0),
                (long) (ram.path("mbps").asDouble(0) * 125));
    }

    static MigrationState query(QmpConnection qmp) {
        return of(qmp.execute("query-migrate"));
    }

    long remainingPages() {
        return remainingBytes / RamStream.PAGE_BYTES;
    }

    /** Number of the page that the running round ends with, counted from the beginning. */
    long endOfRound() {
        return sentPages + remainingPages();
    }
}
