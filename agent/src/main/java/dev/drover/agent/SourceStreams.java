package dev.drover.agent;

import dev.drover.block.CompressedStream;
import dev.drover.block.MemoryFile;
import dev.drover.block.StreamPump;
import dev.drover.engine.HostFailure;
import dev.drover.ports.Allocation;
import dev.drover.ports.Disk;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the second host fetches from the first, by streams that it opens: the image and the rounds,
 * each an NBD conversation with the server of the disk, and the files that a kernel boot needs, or
 * that the VM sleeps on. Thread-safe.
 */
final class SourceStreams {
    private final Allocation allocation;
    private volatile Disk.@Nullable Export image;

    SourceStreams(Allocation allocation) {
        this.allocation = allocation;
    }

    /** The image; whatever else is offered of this disk is at the same server. */
    void offer(Disk.Export offered) {
        image = offered;
    }

    /** Nothing is offered any more. */
    void close() {
        image = null;
    }

    /** Serves one stream to its end. */
    void serve(Streaming.Kind kind, InputStream in, OutputStream out)
            throws IOException, InterruptedException {
        switch (kind) {
            case IMAGE -> {
                DataOutputStream first = new DataOutputStream(out);
                first.writeUTF(offered().name());
                first.flush();
                serveDisk(kind, in, out);
            }
            case ROUND -> serveDisk(kind, in, out);
            case KERNEL -> Files.copy(allocation.kernel(), out);
            case INITRD -> Files.copy(allocation.initrd(), out);
            case SAVED_MEMORY -> Files.copy(MemoryFile.in(allocation.directory()).path(), out);
            case MEMORY, FRAMES ->
                    throw new IllegalArgumentException(kind + " is opened by the source");
        }
    }

    private void serveDisk(Streaming.Kind kind, InputStream in, OutputStream out)
            throws IOException, InterruptedException {
        try (StreamPump pump =
                StreamPump.start(
                        kind.name(),
                        StreamPump.End.compressed(in, out, in, CompressedStream.LEVEL_FAST),
                        StreamPump.End.of(connect(offered().socket())))) {
            pump.awaitEnd();
        }
    }

    private static SocketChannel connect(Path socket) throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    private Disk.Export offered() {
        Disk.Export now = image;
        if (now == null) {
            throw new HostFailure("The source offers no image: the move is over, or was restarted");
        }
        return now;
    }
}
