package dev.drover.engine;

import dev.drover.protocol.Phase;
import dev.drover.protocol.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Remembers which phases were entered, and left. */
final class Watcher implements MoveObserver {
    static final MoveObserver NOBODY =
            new MoveObserver() {
                @Override
                public void entering(State state, Phase phase) {}

                @Override
                public void left(Phase phase, Duration took) {}
            };

    private final List<Phase> entered = Collections.synchronizedList(new ArrayList<>());
    private final List<Phase> left = Collections.synchronizedList(new ArrayList<>());

    List<Phase> entered() {
        return List.copyOf(entered);
    }

    List<Phase> left() {
        return List.copyOf(left);
    }

    @Override
    public void entering(State state, Phase phase) {
        entered.add(phase);
    }

    @Override
    public void left(Phase phase, Duration took) {
        left.add(phase);
    }
}
