package dev.drover.engine;

import dev.drover.protocol.Active;
import dev.drover.protocol.State;
import java.util.function.Supplier;

class FakeRecordTest extends ClusterRecordContract {
    private final FakeCluster cluster = new FakeCluster(PLAN);

    @Override
    protected ClusterRecord record() {
        return cluster.record;
    }

    @Override
    protected Active active() {
        return cluster.locked(cluster.record::now);
    }

    @Override
    protected State journal() {
        return cluster.record.journal();
    }

    @Override
    protected void loseQuorum() {
        cluster.link(
                new Link() {
                    @Override
                    public <T> T call(String name, Reachable host, Supplier<T> effect) {
                        throw new HostUnreachable("No quorum", host, new Error());
                    }
                });
    }

    @Override
    protected void regainQuorum() {
        cluster.link(Link.SOUND);
    }
}
