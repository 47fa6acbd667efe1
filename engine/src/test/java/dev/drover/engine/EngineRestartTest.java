package dev.drover.engine;

import static dev.drover.engine.ScriptedLink.fails;
import static dev.drover.engine.ScriptedLink.first;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.engine.FakeCluster.Qemu;
import dev.drover.protocol.Event;
import dev.drover.protocol.State.Verdict;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The monitor is killed at every call that it makes, and another goes on from the journal. */
class EngineRestartTest {
    /** Stories that a move can have; each is interrupted everywhere. */
    enum Tale {
        MOVED {
            @Override
            void write(FakeCluster cluster, ScriptedLink link) {
                // Nothing goes wrong.
            }
        },
        ABORTED {
            @Override
            void write(FakeCluster cluster, ScriptedLink link) {
                link.on("source.vote", fails("It does not freeze"));
            }
        },
        GIVEN_BACK {
            @Override
            void write(FakeCluster cluster, ScriptedLink link) {
                link.on("target.resume", first(cluster.target::giveBack));
            }
        };

        abstract void write(FakeCluster cluster, ScriptedLink link);
    }

    @ParameterizedTest
    @EnumSource
    void whereverAMonitorIsKilledTheNextOneEndsTheMove(Tale tale) throws InterruptedException {
        int calls = run(tale, Integer.MAX_VALUE, false);

        assertThat(calls).isGreaterThan(20);
        for (int i = 0; i < calls; i++) {
            var _ = run(tale, i, false);
            var _ = run(tale, i, true);
        }
    }

    @Test
    void aWonCommitIsNotForgotten() throws InterruptedException {
        FakeCluster cluster = new FakeCluster(Run.PLAN);
        Killer killer = new Killer(new ScriptedLink(), "record.compareAndSet h2 6", true);
        cluster.link(killer);

        assertThat(goOn(cluster, killer, cluster.monitor(Watcher.NOBODY))).isEqualTo(Run.moved());
        assertThat(killer.killed).isTrue();
    }

    @Test
    void aCancelIsNotForgotten() throws InterruptedException {
        FakeCluster cluster = new FakeCluster(Run.PLAN);
        Killer killer = new Killer(new ScriptedLink(), "record.compareAndSet h1 6", false);
        cluster.link(killer);
        Engine engine = cluster.monitor(Watcher.NOBODY);
        engine.tell(new Event.Cancelled("Ctrl-C"));

        Verdict verdict = goOn(cluster, killer, engine);

        assertThat(verdict).isEqualTo(new Verdict.RolledBack(Run.PLAN.aborted(), "Ctrl-C"));
        assertThat(killer.killed).isTrue();
    }

    /** Returns how many calls the first monitor made. */
    private static int run(Tale tale, int at, boolean afterTheEffect) throws InterruptedException {
        String where = tale + ", killed at call " + at + (afterTheEffect ? ", done" : ", not done");
        FakeCluster cluster = new FakeCluster(Run.PLAN);
        ScriptedLink script = new ScriptedLink();
        tale.write(cluster, script);
        Killer killer = new Killer(script, at, afterTheEffect);
        cluster.link(killer);

        Verdict verdict = goOn(cluster, killer, cluster.monitor(Watcher.NOBODY));

        assertThat(cluster.broken()).as(where).isEmpty();
        long running =
                Stream.of(cluster.source.qemu(), cluster.target.qemu())
                        .filter(q -> q == Qemu.RUNNING)
                        .count();
        assertThat(running).as("%s: running, in the end; %s", where, cluster.story()).isOne();
        assertThat(cluster.record.now()).as(where).isEqualTo(Run.now(verdict));
        return killer.calls.get();
    }

    private static Verdict goOn(FakeCluster cluster, Killer killer, Engine engine)
            throws InterruptedException {
        Run first = Run.of(engine, killer.victim::set);
        if (!first.wasInterrupted()) {
            return Run.verdict(first.end());
        }
        return Run.verdict(Run.of(cluster.monitor(Watcher.NOBODY)).end());
    }

    /** Interrupts an engine in the middle of a call. */
    private static final class Killer implements Link {
        final AtomicReference<Run> victim = new AtomicReference<>();
        final AtomicInteger calls = new AtomicInteger();
        volatile boolean killed;
        private final ScriptedLink script;
        private final int at;
        private final boolean afterTheEffect;
        private final String name;

        Killer(ScriptedLink script, int at, boolean afterTheEffect) {
            this.script = script;
            this.at = at;
            this.afterTheEffect = afterTheEffect;
            this.name = "";
        }

        Killer(ScriptedLink script, String name, boolean afterTheEffect) {
            this.script = script;
            this.at = -1;
            this.afterTheEffect = afterTheEffect;
            this.name = name;
        }

        @Override
        public <T> T call(String call, Reachable host, Supplier<T> effect) {
            boolean here = calls.getAndIncrement() == at || call.equals(name);
            if (killed || !here) {
                return script.call(call, host, effect);
            }
            killed = true;
            if (afterTheEffect) {
                var _ = script.call(call, host, effect);
            }
            Run run = victim.get();
            if (run != null) {
                run.interrupt();
            }
            throw new HostUnreachable("The caller was killed", host, new Error());
        }
    }
}
