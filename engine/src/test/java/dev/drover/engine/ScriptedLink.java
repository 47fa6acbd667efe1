package dev.drover.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Lets everything through but what a test has written down. */
final class ScriptedLink implements Link {
    private final Map<String, Deque<Twist>> twists = new HashMap<>();

    /** Something that happens to one call instead of its effect. */
    @FunctionalInterface
    interface Twist {
        /** May run {@code effect}, and may throw. */
        Object happen(Reachable host, Supplier<?> effect);
    }

    /** The next call of this name, or the next but as many as were written down for it already. */
    ScriptedLink on(String name, Twist twist) {
        synchronized (twists) {
            twists.computeIfAbsent(name, _ -> new ArrayDeque<>()).add(twist);
        }
        return this;
    }

    static Twist fails(String why) {
        return (_, _) -> {
            throw new HostFailure(why);
        };
    }

    static Twist breaks() {
        return (_, _) -> {
            throw new IllegalStateException("A bug");
        };
    }

    static Twist isNotReached() {
        return (host, _) -> {
            throw new HostUnreachable("No answer", host, new Error());
        };
    }

    static Twist losesTheAnswer() {
        return (host, effect) -> {
            var _ = effect.get();
            throw new HostUnreachable("No answer", host, new Error());
        };
    }

    static Twist first(Runnable act) {
        return (_, effect) -> {
            act.run();
            return effect.get();
        };
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T call(String name, Reachable host, Supplier<T> effect) {
        Twist twist;
        synchronized (twists) {
            Deque<Twist> planned = twists.get(name);
            twist = planned == null ? null : planned.poll();
        }
        return twist == null ? effect.get() : (T) twist.happen(host, effect);
    }
}
