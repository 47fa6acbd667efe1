package dev.drover.block;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/** What Java does not tell of a file: how much of it is allocated (statx(2)). */
final class FileStatus {
    private static final int AT_FDCWD = -100; // linux/fcntl.h
    private static final int STATX_BLOCKS = 0x400; // linux/stat.h
    private static final int BLOCK_BYTES = 512; // stx_blocks counts these
    private static final int STATX_BYTES = 256; // sizeof(struct statx), linux/stat.h
    private static final long STX_BLOCKS = 48; // offsetof(struct statx, stx_blocks)

    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    @SuppressWarnings("restricted") // A fixed function of the C library, of fixed signature.
    private static final MethodHandle STATX =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("statx"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS),
                            Linker.Option.captureCallState("errno"));

    private FileStatus() {}

    /** Bytes that the file occupies on its file system. */
    static long allocatedBytes(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(CAPTURED);
            MemorySegment statx = arena.allocate(STATX_BYTES, Long.BYTES);
            MemorySegment path = arena.allocateFrom(file.toString());
            int result = (int) STATX.invokeExact(captured, AT_FDCWD, path, 0, STATX_BLOCKS, statx);
            if (result != 0) {
                int errno = (int) ERRNO.get(captured, 0L);
                throw new IOException("statx of " + file + " failed with errno " + errno);
            }
            return statx.get(ValueLayout.JAVA_LONG, STX_BLOCKS) * BLOCK_BYTES;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("statx could not be called", e);
        }
    }
}
