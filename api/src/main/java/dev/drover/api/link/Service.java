package dev.drover.api.link;

import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Answers what the other side of a connection asks. Many calls at a time, each on a virtual thread
 * of its own; told messages one after the other, in the order in which they were sent.
 */
public interface Service {
    /**
     * Answers a call or deals with a told message.
     *
     * <p>An interrupt means that nobody waits for the answer any more: the caller was interrupted,
     * its time was up, or the link broke.
     *
     * @param body as sent, the null node for null; {@link Json#read(JsonNode, Class)} reads it
     * @return what the caller gets: a record, or null
     * @throws Exception which the caller gets as {@link LinkException.RemoteFailure} with its
     *     simple class name and message
     */
    @Nullable Object answer(Caller caller, String verb, JsonNode body) throws Exception;

    /**
     * Serves a stream; when this returns, the stream ends in order. The first use of {@code in} or
     * {@code out} (a {@code flush} will do) lets the other side's {@link Streams#open} return; what
     * is thrown before is thrown there.
     *
     * @param in ends where the other side ended its output; throws {@link java.io.IOException} when
     *     the other side failed or died before
     * @param out is buffered; closing it ends this direction only
     * @throws Exception which the other side gets: before the first use from {@link Streams#open},
     *     after it as an {@link java.io.IOException} when reading
     */
    void stream(Caller caller, String purpose, JsonNode header, InputStream in, OutputStream out)
            throws Exception;

    /** Says no to everything. */
    static Service refusing() {
        return new Service() {
            @Override
            public @Nullable Object answer(Caller caller, String verb, JsonNode body) {
                throw new UnsupportedOperationException(
                        "A " + caller.subject() + " may not ask for '" + verb + "' here");
            }

            @Override
            public void stream(
                    Caller caller,
                    String purpose,
                    JsonNode header,
                    InputStream in,
                    OutputStream out) {
                throw new UnsupportedOperationException(
                        "A " + caller.subject() + " may not open a '" + purpose + "' stream here");
            }
        };
    }
}
