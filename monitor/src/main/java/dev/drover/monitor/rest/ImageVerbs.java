package dev.drover.monitor.rest;

import dev.drover.api.rest.AdditionView;
import dev.drover.api.rest.ImageView;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Supplier;

/** What the REST interface asks of its monitor for base images. Any thread. */
public interface ImageVerbs {
    List<ImageView> all();

    /**
     * Adds one, unless it is there with the same content. It is sent on to hosts while it comes.
     *
     * @param sha256 of the file, lower-case hexadecimal
     * @param fileBytes its length
     * @param file which is not asked for when a host has such a file already
     * @throws IOException when it does not come whole; nothing of it is left then
     */
    AdditionView add(String name, String sha256, long fileBytes, Supplier<InputStream> file)
            throws IOException;

    /** Removes one; the VMs that began as copies of it are whole without it. Safe to repeat. */
    void remove(String name) throws InterruptedException;
}
