package dev.drover.monitor.rest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What is told to one who watches, for as long as he does. */
final class EventStream implements Answer, AutoCloseable {
    static final String TYPE = "text/event-stream";

    private static final byte[] KEEP_ALIVE = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Changes.Watch watch;

    EventStream(Changes.Watch watch) {
        this.watch = watch;
    }

    /** Returns when it has ended, {@code out} closed; throws when the watcher is gone. */
    void writeTo(OutputStream out, Patience patience) throws IOException, InterruptedException {
        send(out, watch.hello().text(), patience);
        while (true) {
            switch (watch.next(patience.keepAlive())) {
                case Changes.Told.Change(Event event) -> send(out, event.text(), patience);
                case Changes.Told.Silence() -> send(out, KEEP_ALIVE, patience);
                case Changes.Told.Lost(Event last) -> {
                    send(out, last.text(), patience);
                    patience.with(out::close);
                    return;
                }
                case Changes.Told.Over() -> {
                    patience.with(out::close);
                    return;
                }
            }
        }
    }

    private static void send(OutputStream out, byte[] text, Patience patience) throws IOException {
        patience.with(() -> {
            out.write(text);
            out.flush();
        });
    }

    @Override
    public void close() {
        watch.close();
    }
}
