package dev.drover.monitor;

import dev.drover.api.link.Json;
import dev.drover.api.rest.EvacuationView;
import dev.drover.engine.HostFailure;
import dev.drover.store.ClusterStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The evacuations under way, and the last ones that are over. They are stored, so that the next
 * leader goes on with them. Any thread.
 */
final class Evacuations {
    private static final Logger LOG = LoggerFactory.getLogger(Evacuations.class);
    private static final int REMEMBERED = 100;

    private final ClusterStore store;
    private final Hosts hosts;
    private final Placement placement;
    private final Moves moves;
    private final Map<String, Begun> all = new LinkedHashMap<>();

    private record Begun(String host, Evacuation evacuation, Thread thread) {
        boolean isOver() {
            return evacuation.view().stage() != EvacuationView.Stage.RUNNING;
        }
    }

    Evacuations(ClusterStore store, Hosts hosts, Placement placement, Moves moves) {
        this.store = store;
        this.hosts = hosts;
        this.placement = placement;
        this.moves = moves;
    }

    /** Knows all that are stored; before this monitor leads, so that nobody asks too early. */
    synchronized void read() {
        all.clear();
        store.evacuations()
                .forEach((id, text) -> {
                    try {
                        Evacuation.Stored stored = Json.read(text, Evacuation.Stored.class);
                        String host = stored.view().host();
                        Evacuation evacuation = Evacuation.takeUp(stored, placement, moves);
                        Thread thread = thread(host, () -> goOn(host, evacuation));
                        all.put(id, new Begun(host, evacuation, thread));
                    } catch (IllegalArgumentException e) {
                        LOG.error("Evacuation {} cannot be read; it does not go on", id, e);
                    }
                });
    }

    /** This monitor leads now: goes on with every evacuation that was under way. */
    synchronized void goOn() {
        for (Begun begun : all.values()) {
            if (!begun.isOver() && begun.thread().getState() == Thread.State.NEW) {
                begun.thread().start();
            }
        }
    }

    /** When the agents have found this leader: before, no host takes anything. */
    private void goOn(String host, Evacuation evacuation) {
        try {
            hosts.awaitAll();
            if (!hosts.isCordoned(host)) {
                evacuation.giveUp("Host " + host + " is not cordoned any more");
            }
            evacuation.run();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread thread(String host, Runnable work) {
        return Thread.ofVirtual().name("evacuation-" + host).unstarted(work);
    }

    /** Begins to evacuate a host that is cordoned; of one that is being evacuated gives that. */
    synchronized String start(String host) {
        for (Map.Entry<String, Begun> begun : all.entrySet()) {
            if (begun.getValue().host().equals(host) && !begun.getValue().isOver()) {
                return begun.getKey();
            }
        }
        forgetOldest();
        String id = UUID.randomUUID().toString();
        Evacuation evacuation = Evacuation.begin(id, host, placement, moves);
        Thread thread = thread(host, evacuation::run);
        all.put(id, new Begun(host, evacuation, thread));
        thread.start();
        return id;
    }

    private void forgetOldest() {
        List<String> over =
                all.entrySet().stream()
                        .filter(e -> e.getValue().isOver())
                        .map(Map.Entry::getKey)
                        .toList();
        for (String id :
                over.subList(0, Math.clamp(all.size() - REMEMBERED + 1L, 0, over.size()))) {
            moves.writes().removeEvacuation(id);
            all.remove(id);
        }
    }

    synchronized List<EvacuationView> views() {
        return all.values().stream().map(b -> b.evacuation().view()).toList();
    }

    /** Begins no further move, and wants the one under way undone. */
    synchronized void cancel(String id, String why) {
        Optional.ofNullable(all.get(id))
                .filter(b -> !b.isOver())
                .orElseThrow(() -> new HostFailure("Evacuation '" + id + "' is over already"))
                .evacuation()
                .cancel(why);
    }

    /** Another may lead now: all is dropped. */
    synchronized void stepDown() throws InterruptedException {
        for (Begun begun : all.values()) {
            begun.thread().interrupt();
            begun.thread().join();
        }
        all.clear();
    }
}
