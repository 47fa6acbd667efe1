package dev.drover.monitor;

import dev.drover.api.ImageStream;
import dev.drover.api.ImageStream.Facts;
import dev.drover.api.link.Json;
import dev.drover.api.link.LinkException;
import dev.drover.api.link.Streams;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.engine.HostFailure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Sends the file of a base image on to several hosts while it comes, as fast as the slowest takes
 * it; here nothing of it is kept. What is closed before its end leaves nothing on any host. One
 * thread.
 */
final class ImageRelay implements AutoCloseable {
    private static final int BUFFER = 64 << 10;

    private final Identity identity;
    private final ImageStream.Offer offer;
    private final List<Way> ways = new ArrayList<>();
    private final Map<String, String> refusals = new TreeMap<>();

    ImageRelay(Identity identity, ImageStream.Offer offer) {
        this.identity = identity;
        this.offer = offer;
    }

    /** Ends with the host's link. */
    private record Way(Hosts.Host to, Streams streams, Runnable onClose) implements AutoCloseable {
        static Way of(Hosts.Host to, Streams streams) {
            Way way = new Way(to, streams, streams::close);
            to.peer().onClose(way.onClose());
            return way;
        }

        String host() {
            return to.address().name();
        }

        @Override
        public void close() {
            to.peer().forget(onClose);
            streams.close();
        }
    }

    /** To this host, too, if it has room; false when it has not. */
    boolean add(Hosts.Host host) {
        String name = host.address().name();
        try {
            Streams streams =
                    Streams.open(
                            host.address().socketAddress(),
                            identity,
                            Subject.host(name),
                            ImageStream.PURPOSE,
                            offer);
            ways.add(Way.of(host, streams));
            return true;
        } catch (LinkException e) {
            refuse(name, e);
            return false;
        }
    }

    /** Why hosts have not got it, by their names. */
    Map<String, String> refusals() {
        return refusals;
    }

    /**
     * Sends it all.
     *
     * @param opened gives it, once there is a host that takes it
     * @return what it is, by the hosts that have it now; never empty
     * @throws IOException when it does not come whole
     * @throws HostFailure when no host takes it
     */
    Map<String, Facts> send(Supplier<InputStream> opened) throws IOException {
        refuseNobody();
        InputStream file = opened.get();
        byte[] buffer = new byte[BUFFER];
        long left = offer.fileBytes();
        while (left > 0) {
            refuseNobody();
            int got = read(file, buffer, (int) Math.min(left, BUFFER));
            if (got < 0) {
                throw new EOFException("The file ended " + left + " bytes too early");
            }
            left -= got;
            each(way -> way.streams().out().write(buffer, 0, got));
        }
        each(way -> way.streams().endOutput());
        Map<String, Facts> facts = new TreeMap<>();
        each(way -> facts.put(way.host(), answer(way)));
        refuseNobody();
        return facts;
    }

    /** The body of a request throws exceptions of its server's own. */
    private static int read(InputStream file, byte[] buffer, int most) throws IOException {
        try {
            return file.read(buffer, 0, most);
        } catch (RuntimeException e) {
            throw new IOException("The sender broke off, or was silent for too long", e);
        }
    }

    private static Facts answer(Way way) throws IOException {
        return Json.read(way.streams().in().readAllBytes(), Facts.class);
    }

    private interface Step {
        void perform(Way way) throws IOException;
    }

    /** A host that fails takes no part in what follows. */
    private void each(Step step) {
        ways.removeIf(way -> {
            try {
                step.perform(way);
                return false;
            } catch (IOException | IllegalArgumentException e) { // by Json, of an odd answer
                refuse(way.host(), e);
                way.close();
                return true;
            }
        });
    }

    private void refuse(String host, Exception e) {
        refusals.put(host, Optional.ofNullable(e.getMessage()).orElse(e.toString()));
    }

    private void refuseNobody() {
        if (ways.isEmpty()) {
            List<String> why = new ArrayList<>();
            refusals.forEach((host, said) -> why.add(host + ": " + said));
            throw new HostFailure(
                    why.isEmpty()
                            ? "The base image was not added: no host is connected"
                            : "The base image was not added: no host took it. "
                                    + String.join(". ", why));
        }
    }

    @Override
    public void close() {
        ways.forEach(Way::close);
    }
}
