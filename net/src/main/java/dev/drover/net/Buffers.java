package dev.drover.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Direct buffers in native byte order, as the kernel's structures are. */
final class Buffers {
    private Buffers() {}

    static ByteBuffer zeroed(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** A string as C has it, with a NUL. */
    static ByteBuffer cString(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return zeroed(bytes.length + 1).put(0, bytes);
    }
}
