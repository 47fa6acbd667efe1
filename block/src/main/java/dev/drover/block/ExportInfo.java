package dev.drover.block;

import java.util.Map;

/**
 * What the handshake told of an export.
 *
 * @param name of the export
 * @param peer where the server is, for messages
 * @param sizeBytes of the export
 * @param flags transmission flags
 * @param structured whether structured replies were negotiated
 * @param maxPayload bytes that one READ or WRITE may have
 * @param contexts metadata contexts granted, by the number that the server gave them
 */
record ExportInfo(
        String name,
        String peer,
        long sizeBytes,
        int flags,
        boolean structured,
        int maxPayload,
        Map<Integer, String> contexts) {
    boolean has(int transmissionFlag) {
        return (flags & transmissionFlag) != 0;
    }

    /** For messages. */
    String where() {
        return peer + ", export '" + name + "'";
    }
}
