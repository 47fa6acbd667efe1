package dev.drover.monitor;

import dev.drover.api.rest.EvacuationView;
import dev.drover.engine.HostFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The evacuations that this leader began, and the last ones that are over. They are in its memory
 * only: the next leader goes on with the move under way, and knows no evacuation. Any thread.
 */
final class Evacuations {
    private static final int REMEMBERED = 100;

    private final Placement placement;
    private final Moves moves;
    private final Map<String, Begun> all = new LinkedHashMap<>();

    private record Begun(String host, Evacuation evacuation, Thread thread) {
        boolean isOver() {
            return evacuation.view().stage() != EvacuationView.Stage.RUNNING;
        }
    }

    Evacuations(Placement placement, Moves moves) {
        this.placement = placement;
        this.moves = moves;
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
        Evacuation evacuation = new Evacuation(id, host, placement, moves);
        Thread thread = Thread.ofVirtual().name("evacuation-" + host).unstarted(evacuation::run);
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
        over.stream().limit(Math.max(0, all.size() - REMEMBERED + 1)).forEach(all::remove);
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
