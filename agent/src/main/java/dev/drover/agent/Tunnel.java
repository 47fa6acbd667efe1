package dev.drover.agent;

import dev.drover.api.HostAddress;
import dev.drover.api.link.Streams;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.block.CompressedStream;
import dev.drover.block.NbdClient;
import dev.drover.block.NbdHandshake;
import java.io.DataInputStream;
import java.io.IOException;

/**
 * A bulk stream to another host's agent, authenticated and encrypted.
 *
 * @param streams to be closed with it
 * @param purpose what it is for, in messages
 */
record Tunnel(Streams streams, String purpose) implements AutoCloseable {
    static Tunnel open(HostAddress to, Identity identity, Streaming what) {
        return new Tunnel(
                Streams.open(
                        to.socketAddress(),
                        identity,
                        Subject.host(to.name()),
                        Streaming.PURPOSE,
                        what),
                what.kind() + " of host " + to.name());
    }

    /** The other side says the export's name first; then it is NBD, compressed. */
    NbdClient mount(String... contexts) throws IOException {
        String export = new DataInputStream(streams.in()).readUTF();
        return greet().open(export, contexts);
    }

    /** NBD, compressed, up to the choice of the export. */
    NbdHandshake greet() throws IOException {
        CompressedStream compressed = compress();
        return NbdHandshake.over(compressed.input(), compressed.output(), compressed, purpose);
    }

    /** Everything both ways, compressed; the other end must do the same. */
    CompressedStream compress() throws IOException {
        return new CompressedStream(
                streams.in(), streams.out(), streams::close, CompressedStream.LEVEL_FAST);
    }

    @Override
    public void close() {
        streams.close();
    }
}
