package dev.drover.engine;

import dev.drover.protocol.Active;
import dev.drover.protocol.Move;
import dev.drover.protocol.State;

/** The cluster monitor's record of the VM, and its journal: linearizable, and durable. */
final class FakeRecord implements ClusterRecord, Reachable {
    private final FakeCluster cluster;
    private Active now;
    private State journal;

    FakeRecord(FakeCluster cluster) {
        this.cluster = cluster;
        this.now = cluster.plan.before();
        this.journal = Move.begin(cluster.plan);
    }

    Active now() {
        return now;
    }

    State journal() {
        return cluster.locked(() -> journal);
    }

    @Override
    public CasOutcome compareAndSet(String vm, Active expected, Active next, State ifWon) {
        try {
            return cluster.call(
                    "record.compareAndSet " + next.host() + " " + next.epoch(),
                    this,
                    () -> {
                        if (!now.equals(expected)) {
                            return new CasOutcome.Lost(now);
                        }
                        now = next;
                        journal = ifWon;
                        return new CasOutcome.Won();
                    });
        } catch (HostUnreachable e) {
            return new CasOutcome.Unknown("No answer");
        }
    }

    @Override
    public void proveQuorum() {
        try {
            cluster.call("record.proveQuorum", this, () -> {});
        } catch (HostUnreachable e) {
            throw new HostFailure("The fake record has no quorum", e);
        }
    }

    @Override
    public void persist(State state) {
        cluster.call("persist " + state.getClass().getSimpleName(), this, () -> journal = state);
    }

    @Override
    public void awaitReachable() {}
}
