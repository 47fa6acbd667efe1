package dev.drover.engine;

import dev.drover.protocol.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything goes wrong now and then, until a number of faults is used up. What happens to the nth
 * call of a name depends on the seed alone; the order of calls on different threads does not.
 */
final class SeededLink implements Link {
    private final long seed;
    private final FakeCluster cluster;
    private final Map<String, Integer> calls = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private final List<Thread> others = new ArrayList<>();
    private int left;

    SeededLink(long seed, FakeCluster cluster) {
        this.seed = seed;
        this.cluster = cluster;
        this.left = new SplittableRandom(seed).nextInt(8);
    }

    private enum Fault {
        FAILS,
        BREAKS,
        IS_NOT_REACHED,
        LOSES_THE_ANSWER,
        ARRIVES_LATE,
        ARRIVES_TWICE,
        MONITOR_CRASHES,
        MONITOR_GETS_A_RIVAL,
        SOURCE_AGENT_CRASHES,
        SOURCE_QEMU_DIES,
        TARGET_QEMU_DIES,
        TARGET_CANNOT_RESUME,
        CANCELLED
    }

    /** What went wrong, for messages. */
    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    synchronized void monitor(Run run) {
        runs.add(run);
    }

    /** In the order in which they rose. */
    synchronized List<Run> monitors() {
        return List.copyOf(runs);
    }

    /** From now on nothing goes wrong; what is under way has arrived when this returns. */
    void end() throws InterruptedException {
        List<Thread> late;
        synchronized (this) {
            left = 0;
            late = List.copyOf(others);
        }
        for (Thread thread : late) {
            thread.join();
        }
    }

    @Override
    public <T> T call(String name, Reachable host, Supplier<T> effect) {
        Fault fault = next(name);
        return fault == null ? effect.get() : happen(fault, host, effect);
    }

    private synchronized @Nullable Fault next(String name) {
        int nth = calls.merge(name, 1, Integer::sum);
        var random = new SplittableRandom(seed * 1_000_003 + name.hashCode() * 31L + nth);
        if (left == 0 || random.split().nextInt(12) > 0) {
            return null;
        }
        left--;
        Fault fault = Fault.values()[random.split().nextInt(Fault.values().length)];
        faults.add(name + " #" + nth + " " + fault);
        return fault;
    }

    private <T> T happen(Fault fault, Reachable host, Supplier<T> effect) {
        return switch (fault) {
            case FAILS -> throw new HostFailure("No");
            case BREAKS -> throw new IllegalStateException("A bug");
            case IS_NOT_REACHED -> throw noAnswer(host);
            case LOSES_THE_ANSWER -> {
                T _ = effect.get();
                throw noAnswer(host);
            }
            case ARRIVES_LATE -> {
                aside(() -> {
                    var _ = effect.get();
                });
                throw noAnswer(host);
            }
            case ARRIVES_TWICE -> {
                aside(() -> {
                    var _ = effect.get();
                });
                yield effect.get();
            }
            case MONITOR_CRASHES -> {
                monitors().forEach(Run::interrupt);
                throw noAnswer(host);
            }
            case MONITOR_GETS_A_RIVAL -> {
                monitor(Run.of(cluster.monitor(Watcher.NOBODY)));
                yield effect.get();
            }
            case SOURCE_AGENT_CRASHES -> also(cluster.source::crash, effect);
            case SOURCE_QEMU_DIES -> also(cluster.source::die, effect);
            case TARGET_QEMU_DIES -> also(cluster.target::die, effect);
            case TARGET_CANNOT_RESUME -> also(cluster.target::giveBack, effect);
            case CANCELLED -> {
                monitors().forEach(r -> r.engine().tell(new Event.Cancelled("Ctrl-C")));
                yield effect.get();
            }
        };
    }

    private <T> T also(Runnable act, Supplier<T> effect) {
        aside(act);
        return effect.get();
    }

    private synchronized void aside(Runnable act) {
        others.add(
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                act.run();
                            } catch (HostFailure | HostUnreachable _) {
                                // Nobody waits for the answer.
                            }
                        }));
    }

    private static HostUnreachable noAnswer(Reachable host) {
        return new HostUnreachable("No answer", host, new Error());
    }
}
