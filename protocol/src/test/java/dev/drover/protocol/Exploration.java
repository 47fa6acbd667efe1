package dev.drover.protocol;

import dev.drover.protocol.State.Verdict;
import dev.drover.protocol.World.Monitor;
import dev.drover.protocol.Worlds.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Visits every world that can be reached, breadth first, and checks {@link Laws} in each. Then, of
 * each, that whatever order things happen in once faults end, they come to a good end: the changes
 * that are no faults form no circle, and where none is left the move is settled.
 */
final class Exploration {
    private final MovePlan plan;
    private final Worlds worlds;
    private final Laws laws;
    private final Map<World, Integer> numbers = new HashMap<>();
    private final List<World> visited = new ArrayList<>();
    private final List<Integer> parents = new ArrayList<>();
    private final List<int[]> byThemselves = new ArrayList<>();
    private final Set<Arrow> arrows = new HashSet<>();
    private long changes;

    private Exploration(MovePlan plan, Stepping steps, Set<Duty> duties, Faults faults) {
        this.plan = plan;
        this.worlds = new Worlds(plan, (s, e) -> noted(steps, s, e), duties, faults);
        this.laws = new Laws(plan);
    }

    /**
     * A phase follows another in the story: the votes that the monitor waits for are the source's
     * VOTE, and a source that gives up leads to ABORT.
     */
    record Arrow(Phase from, Phase to) {}

    /**
     * What was found.
     *
     * @param defect the first broken law and the shortest way there, or null
     */
    record Finding(int worlds, long changes, Set<Arrow> arrows, @Nullable String defect) {}

    static Finding of(MovePlan plan, Stepping steps, Set<Duty> duties, Faults faults) {
        Exploration exploration = new Exploration(plan, steps, duties, faults);
        String defect = exploration.explore();
        return new Finding(
                exploration.visited.size(), exploration.changes, exploration.arrows, defect);
    }

    private @Nullable String explore() {
        visit(World.begin(plan), -1);
        for (int i = 0; i < visited.size(); i++) {
            List<String> broken = laws.brokenBy(visited.get(i));
            if (!broken.isEmpty()) {
                return "Broken: " + broken + wayTo(i);
            }
            follow(i);
        }
        String unsettled = unsettled();
        return unsettled != null ? unsettled : notMoved();
    }

    private void follow(int number) {
        World world = visited.get(number);
        Set<Integer> next = new HashSet<>();
        for (Change change : worlds.after(world)) {
            changes++;
            int then = visit(change.next(), number);
            if (!change.fault()) {
                next.add(then);
            }
        }
        byThemselves.add(next.stream().mapToInt(Integer::intValue).toArray());
    }

    private int visit(World world, int from) {
        Integer known = numbers.putIfAbsent(world, visited.size());
        if (known != null) {
            return known;
        }
        visited.add(world);
        parents.add(from);
        return visited.size() - 1;
    }

    private Step noted(Stepping steps, State state, Event event) {
        Step step = steps.step(state, event);
        State next = step.next();
        boolean gaveUp = next instanceof State.Paused(var _, State.PauseEnd.GaveUp _);
        boolean voted = state instanceof State.HandedOver && next instanceof State.Committing;
        Phase from = voted ? Phase.VOTE : state.phase();
        Phase to = gaveUp ? Phase.ABORT : next.phase();
        if (from != to && !(state instanceof State.Paused)) {
            arrows.add(new Arrow(from, to));
        }
        return step;
    }

    /** From the ends backwards: what is never reached lies on, or leads to, a circle. */
    private @Nullable String unsettled() {
        int[] open = new int[visited.size()];
        int[] firstBefore = new int[open.length + 1];
        for (int i = 0; i < open.length; i++) {
            open[i] = byThemselves.get(i).length;
            Arrays.stream(byThemselves.get(i)).forEach(then -> firstBefore[then + 1]++);
        }
        Arrays.parallelPrefix(firstBefore, Integer::sum);
        int[] before = new int[firstBefore[open.length]];
        int[] filled = firstBefore.clone();
        Deque<Integer> settled = new ArrayDeque<>();
        for (int i = 0; i < open.length; i++) {
            for (int then : byThemselves.get(i)) {
                before[filled[then]++] = i;
            }
            if (open[i] == 0) {
                String why = laws.notSettled(visited.get(i));
                if (why != null) {
                    return why + wayTo(i);
                }
                settled.add(i);
            }
        }
        int left = open.length;
        while (!settled.isEmpty()) {
            left--;
            int number = settled.remove();
            for (int i = firstBefore[number]; i < firstBefore[number + 1]; i++) {
                if (--open[before[i]] == 0) {
                    settled.add(before[i]);
                }
            }
        }
        for (int i = 0; left > 0 && i < open.length; i++) {
            if (open[i] > 0) {
                return "Goes round in circles without a fault" + wayTo(i);
            }
        }
        return null;
    }

    /** Without any fault at all, the guest moves. */
    private @Nullable String notMoved() {
        Deque<Integer> todo = new ArrayDeque<>(List.of(0));
        Set<Integer> seen = new HashSet<>(todo);
        while (!todo.isEmpty()) {
            int number = todo.remove();
            Monitor monitor = visited.get(number).monitor();
            if (monitor != null
                    && monitor.state() instanceof State.Ended(_, _, Verdict verdict)
                    && !(verdict instanceof Verdict.Moved)) {
                return "Nothing went wrong, and the guest did not move" + wayTo(number);
            }
            for (int then : byThemselves.get(number)) {
                if (seen.add(then)) {
                    todo.add(then);
                }
            }
        }
        return null;
    }

    private String wayTo(int number) {
        Deque<String> way = new ArrayDeque<>();
        way.push(visited.get(number).toString());
        for (int at = number; parents.get(at) >= 0; at = parents.get(at)) {
            World here = visited.get(at);
            worlds.after(visited.get(parents.get(at))).stream()
                    .filter(c -> c.next().equals(here))
                    .findFirst()
                    .map(Objects::toString)
                    .ifPresent(way::push);
        }
        return "\n" + String.join("\n", way);
    }
}
