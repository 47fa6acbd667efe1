package dev.drover.monitor;

import dev.drover.api.HostAddress;
import dev.drover.api.ImageMessage;
import dev.drover.api.ImageStream;
import dev.drover.api.Origin;
import dev.drover.api.Wire;
import dev.drover.api.link.Json;
import dev.drover.api.link.LinkException;
import dev.drover.api.rest.AdditionView;
import dev.drover.api.rest.ImageView;
import dev.drover.api.tls.Identity;
import dev.drover.engine.HostFailure;
import dev.drover.monitor.rest.ImageVerbs;
import dev.drover.store.ClusterStore;
import dev.drover.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The base images of the cluster. A record is written when a host has the file whole, and removed
 * before the files are; so a host that says hello loses what no record names. Thread-safe.
 */
final class Images implements ImageVerbs {
    private static final Logger LOG = LoggerFactory.getLogger(Images.class);

    /** Hosts that get a new one; others get it from them when it is first used there. */
    static final int MOST_COPIES = 8;

    private final ClusterStore store;
    private final Hosts hosts;
    private final Moves moves;
    private final Identity identity;
    private final Map<String, Set<String>> held = new HashMap<>();

    /** Held while a file is removed, lest just then a record comes that names it. */
    private final Object dropping = new Object();

    /** Names and digests of those that are being added. */
    private final Set<String> coming = new HashSet<>();

    Images(ClusterStore store, Hosts hosts, Moves moves, Identity identity) {
        this.store = store;
        this.hosts = hosts;
        this.moves = moves;
        this.identity = identity;
    }

    private Map<String, StoredImage> stored() {
        Map<String, StoredImage> images = new TreeMap<>();
        store.images()
                .forEach((name, text) -> images.put(name, Json.read(text, StoredImage.class)));
        return images;
    }

    @Override
    public List<ImageView> all() {
        return stored().entrySet().stream().map(i -> view(i.getKey(), i.getValue())).toList();
    }

    private ImageView view(String name, StoredImage image) {
        return new ImageView(
                name,
                image.sha256(),
                image.format().label(),
                image.fileBytes(),
                image.sizeBytes(),
                holders(image.sha256()).stream().map(HostAddress::name).sorted().toList());
    }

    /** Those that are connected. */
    private List<HostAddress> holders(String sha256) {
        List<HostAddress> connected = hosts.connected();
        synchronized (this) {
            return connected.stream()
                    .filter(h -> held.getOrDefault(h.name(), Set.of()).contains(sha256))
                    .toList();
        }
    }

    /** How a disk begins that is a copy of one. Throws {@link HostFailure} when it is gone. */
    Origin.Image origin(String name) {
        StoredImage image = stored().get(name);
        if (image == null) {
            throw new HostFailure("There is no base image '" + name + "' any more");
        }
        List<HostAddress> holders = new ArrayList<>(holders(image.sha256()));
        Collections.shuffle(holders); // Not all are to ask the same one.
        return new Origin.Image(name, image.sha256(), image.fileBytes(), holders);
    }

    /** A host has one. */
    synchronized void gained(String host, String sha256) {
        held.computeIfAbsent(host, _ -> new HashSet<>()).add(sha256);
    }

    @Override
    public AdditionView add(String name, String sha256, long fileBytes, Supplier<InputStream> file)
            throws IOException {
        Set<String> both = Set.of(name, sha256);
        begin(both);
        try {
            Map<String, StoredImage> stored = stored();
            StoredImage there = stored.get(name);
            if (there != null && !there.sha256().equals(sha256)) {
                throw new HostFailure(
                        "There is a base image '"
                                + name
                                + "' already, of other content; use another name, or remove that"
                                + " one first");
            }
            Optional<StoredImage> same =
                    stored.values().stream().filter(i -> i.sha256().equals(sha256)).findFirst();
            if (same.isPresent() && !holders(sha256).isEmpty()) {
                return remembered(name, same.get(), there == null, Map.of());
            }
            return relay(name, sha256, fileBytes, file);
        } finally {
            end(both);
        }
    }

    private AdditionView relay(
            String name, String sha256, long fileBytes, Supplier<InputStream> file)
            throws IOException {
        long term = moves.writes().term();
        var offer = new ImageStream.Offer(term, sha256, fileBytes);
        try (ImageRelay relay = new ImageRelay(identity, offer)) {
            int copies = 0;
            for (Hosts.Host host : hosts.present()) {
                if (copies < MOST_COPIES && relay.add(host)) {
                    copies++;
                }
            }
            Map<String, ImageStream.Facts> facts = relay.send(file);
            facts.keySet().forEach(host -> gained(host, sha256));
            ImageStream.Facts any = facts.values().iterator().next();
            StoredImage image = new StoredImage(sha256, any.format(), fileBytes, any.sizeBytes());
            return remembered(name, image, true, relay.refusals());
        }
    }

    private AdditionView remembered(
            String name, StoredImage image, boolean added, Map<String, String> refusals) {
        if (added) {
            moves.writes().putImage(name, Json.text(image));
        }
        return new AdditionView(added, view(name, image), refusals);
    }

    /** From now on nothing of this name or content is dropped, or added by others. */
    private void begin(Set<String> namesAndDigests) {
        synchronized (dropping) {
            if (!Collections.disjoint(coming, namesAndDigests)) {
                throw new HostFailure(
                        "A base image of this name or content is being added just now; ask again"
                                + " when it is there");
            }
            coming.addAll(namesAndDigests);
        }
    }

    private void end(Set<String> namesAndDigests) {
        synchronized (dropping) {
            coming.removeAll(namesAndDigests);
        }
    }

    /** The record first: what a host that is away has goes when it says hello. */
    @Override
    public void remove(String name) throws InterruptedException {
        Optional<StoredImage> image = Optional.ofNullable(stored().get(name));
        Set<String> only = Set.of(name);
        begin(only);
        try {
            moves.writes().removeImage(name);
        } finally {
            end(only);
        }
        if (image.isPresent()) {
            for (Hosts.Host host : hosts.present()) {
                drop(host, image.get().sha256());
            }
        }
    }

    /**
     * A host has come: what no record names of what it has is removed there, soon.
     *
     * @param digests of its base images
     */
    synchronized void hello(Hosts.Host host, Collection<String> digests) {
        held.put(host.address().name(), new HashSet<>(digests));
        Thread.ofVirtual().name("images").start(() -> dropUnneeded(host, digests));
    }

    private void dropUnneeded(Hosts.Host host, Collection<String> digests) {
        try {
            Map<String, StoredImage> stored = stored();
            for (String sha256 : digests) {
                if (!isNamed(sha256, stored)) {
                    drop(host, sha256);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (HostFailure | StoreException e) {
            LOG.warn("What no base image needs stays on {}: {}", host.address(), e.getMessage());
        }
    }

    private void drop(Hosts.Host host, String sha256) throws InterruptedException {
        synchronized (dropping) {
            if (coming.contains(sha256) || isNamed(sha256, stored())) {
                return;
            }
            var message = new ImageMessage.DropImage(moves.writes().term(), sha256);
            try {
                host.peer().call(Wire.verb(message), message, Void.class);
                lost(host.address().name(), sha256);
            } catch (LinkException e) {
                LOG.warn("A base image stays on {} for now: {}", host.address(), e.getMessage());
            }
        }
    }

    private static boolean isNamed(String sha256, Map<String, StoredImage> stored) {
        return stored.values().stream().anyMatch(image -> image.sha256().equals(sha256));
    }

    private synchronized void lost(String host, String sha256) {
        held.getOrDefault(host, new HashSet<>()).remove(sha256);
    }
}
