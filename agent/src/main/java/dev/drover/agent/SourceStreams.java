package dev.drover.agent;

import dev.drover.block.CompressedStream;
import dev.drover.block.StreamPump;
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
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the second host fetches from the first, by streams that it opens: the image and the rounds,
 * each an NBD conversation with the hypervisor's own server, and the files that a kernel boot
 * needs. Thread-safe.
 */
final class SourceStreams {
    private final Allocation allocation;
    private final Map<Streaming.Kind, Disk.Export> offered = new EnumMap<>(Streaming.Kind.class);
    private boolean closed;

    SourceStreams(Allocation allocation) {
        this.allocation = allocation;
    }

    /** Whoever asks, or waits, for {@code kind} gets {@code export}. */
    synchronized void offer(Streaming.Kind kind, Disk.Export export) {
        offered.put(kind, export);
        notifyAll();
    }

    /** Nothing is offered any more. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Serves one stream to its end. */
    void serve(Streaming.Kind kind, InputStream in, OutputStream out)
            throws IOException, InterruptedException {
        switch (kind) {
            case IMAGE, ROUND, LAST_ROUND -> serveExport(kind, in, out);
            case KERNEL -> Files.copy(allocation.kernel(), out);
            case INITRD -> Files.copy(allocation.initrd(), out);
            case MEMORY, FRAMES ->
                    throw new IllegalArgumentException(kind + " is opened by the source");
        }
    }

    /** The name of the export first, then NBD. */
    private void serveExport(Streaming.Kind kind, InputStream in, OutputStream out)
            throws IOException, InterruptedException {
        out.flush(); // The other side has its stream now, whenever the export may come.
        Disk.Export export = await(kind);
        if (export == null) {
            return;
        }
        DataOutputStream first = new DataOutputStream(out);
        first.writeUTF(export.name());
        first.flush();
        try (StreamPump pump =
                StreamPump.start(
                        kind.name(),
                        StreamPump.End.compressed(in, out, in, CompressedStream.LEVEL_FAST),
                        StreamPump.End.of(connect(export.socket())))) {
            pump.awaitEnd();
        }
    }

    private static SocketChannel connect(Path socket) throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    private synchronized Disk.@Nullable Export await(Streaming.Kind kind)
            throws InterruptedException {
        while (!closed && !offered.containsKey(kind)) {
            wait();
        }
        return closed ? null : offered.get(kind);
    }
}
