package dev.drover.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.engine.FakeCluster.Qemu;
import dev.drover.protocol.Active;
import dev.drover.protocol.State;
import dev.drover.protocol.State.Verdict;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Engines, with their threads, in clusters where everything goes wrong. How often and how: {@link
 * SeededLink}. One seed again, or more of them: {@code -Ddrover.seed=N}, {@code -Ddrover.seeds=N}.
 */
class EngineSimulationTest {
    private static final int SEEDS = Integer.getInteger("drover.seeds", 2_000);

    private final Map<Qemu, Integer> ends = new EnumMap<>(Qemu.class);

    @Test
    void whateverGoesWrongExactlyOneHostRunsTheGuestInTheEnd() throws InterruptedException {
        Long only = Long.getLong("drover.seed");
        if (only != null) {
            simulate(only);
            return;
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            simulate(seed);
        }
        assertThat(ends.get(Qemu.RUNNING)).as("moves that ended on the target").isPositive();
        assertThat(ends).as("moves that were undone as well").hasSizeGreaterThan(1);
    }

    private void simulate(long seed) throws InterruptedException {
        FakeCluster cluster = new FakeCluster(Run.PLAN);
        SeededLink link = new SeededLink(seed, cluster);
        cluster.link(link);
        try {
            Verdict verdict = lead(cluster, link);
            for (int i = 0; !(cluster.record.journal() instanceof State.Ended); i++) {
                assertThat(i).as("leaders that left the move open").isLessThan(10);
                verdict = Run.verdict(Run.of(cluster.monitor(Watcher.NOBODY)).end());
            }
            check(cluster, verdict);
        } catch (AssertionError e) {
            throw new AssertionError(
                    "Seed "
                            + seed
                            + ": "
                            + e.getMessage()
                            + "\nfaults: "
                            + link.faults()
                            + "\nstory: "
                            + cluster.story(),
                    e);
        }
    }

    /** One leader after the other, and sometimes two at a time, until all of them are done. */
    private static Verdict lead(FakeCluster cluster, SeededLink link) throws InterruptedException {
        Verdict verdict = null;
        for (int i = 0; verdict == null || i < link.monitors().size(); i++) {
            if (i == link.monitors().size()) {
                link.monitor(Run.of(cluster.monitor(Watcher.NOBODY)));
            }
            Run run = link.monitors().get(i);
            if (!run.wasInterrupted()) {
                verdict = Run.verdict(run.end());
            }
        }
        link.end();
        return verdict;
    }

    private void check(FakeCluster cluster, Verdict verdict) {
        Active record = cluster.locked(cluster.record::now);
        List<Qemu> qemus =
                cluster.locked(() -> List.of(cluster.source.qemu(), cluster.target.qemu()));

        assertThat(cluster.broken()).as("broken laws").isEmpty();
        assertThat(Run.now(verdict)).as("%s", verdict).isEqualTo(record);
        assertThat(verdict).isNotInstanceOf(Verdict.Superseded.class);
        assertThat(Stream.of(Qemu.RUNNING).filter(qemus::contains)).as("%s", qemus).hasSize(1);
        assertThat(qemus.get(0) == Qemu.RUNNING)
                .as("%s in %s", qemus, record)
                .isEqualTo(record.host().equals(Run.PLAN.source()));
        ends.merge(qemus.get(1), 1, Integer::sum);
    }
}
