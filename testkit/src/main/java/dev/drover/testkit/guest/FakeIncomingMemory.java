package dev.drover.testkit.guest;

import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.IncomingMemory;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads what {@link FakeOutgoingMemory} sends. */
final class FakeIncomingMemory implements IncomingMemory {
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();

    private FakeIncomingMemory() {}

    static FakeIncomingMemory begin(
            FakeProcess process, InputStream fromSource, OutputStream toSource) {
        FakeIncomingMemory made = new FakeIncomingMemory();
        Thread.ofVirtual()
                .name("fake-receive")
                .start(() -> made.receive(process, new DataInputStream(fromSource), toSource));
        return made;
    }

    private void receive(FakeProcess process, DataInputStream in, OutputStream toSource) {
        try {
            while (true) {
                int what = in.readUnsignedByte();
                switch (what) {
                    case FakeMemoryWire.PAGE -> {}
                    case FakeMemoryWire.REST -> process.memory(in.readLong());
                    case FakeMemoryWire.END -> {
                        process.set(Guest.State.PAUSED);
                        loaded.complete(null);
                        toSource.write(FakeMemoryWire.LOADED);
                        toSource.flush();
                        return;
                    }
                    default -> throw new IOException("Not a fake memory: " + what);
                }
            }
        } catch (IOException e) {
            loaded.completeExceptionally(e);
            process.surprise(Guest.State.GONE, "Its memory did not arrive");
        }
    }

    @Override
    public void awaitLoaded(Duration atMost) {
        try {
            loaded.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new HypervisorException("The memory did not arrive", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Interrupted while the memory moved", e);
        }
    }
}
