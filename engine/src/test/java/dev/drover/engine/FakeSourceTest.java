package dev.drover.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.engine.FakeCluster.Qemu;
import org.junit.jupiter.api.Test;

/** The fake is as strict as an agent, whose errands for a move end with it. */
class FakeSourceTest {
    private final FakeCluster cluster = new FakeCluster(Run.PLAN);

    @Test
    void aStopThatComesAfterTheRollBackIsRefused() {
        cluster.source.stop(Run.PLAN);
        cluster.source.rollBack(Run.PLAN, Run.PLAN.epoch() + 1);
        assertThatThrownBy(() -> cluster.source.stop(Run.PLAN)).isInstanceOf(HostFailure.class);
        assertThat(cluster.source.qemu()).isEqualTo(Qemu.RUNNING);
    }
}
