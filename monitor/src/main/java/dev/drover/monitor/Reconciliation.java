package dev.drover.monitor;

import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveOrder;
import dev.drover.api.RemoteSource;
import dev.drover.api.RemoteTarget;
import dev.drover.engine.HostFailure;
import dev.drover.engine.HostUnreachable;
import dev.drover.protocol.Active;
import dev.drover.protocol.MovePlan;
import dev.drover.store.CasOutcome;
import dev.drover.store.StoreException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the remains of a move that nobody drives any more, found when a host comes back:
 * the record decides, and where it only allows, a raise of it must be won first.
 */
record Reconciliation(Hosts hosts, Moves moves) {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

    void of(MonitorMessage.Part part) {
        if (moves.isUnderWay(part.order().plan().id())) {
            return;
        }
        try {
            MoveOrder order = Moves.renewed(part.order(), moves.writes().term());
            switch (part.role()) {
                case SOURCE -> ofSource(order, order.plan());
                case TARGET -> ofTarget(order, order.plan());
                case MONITOR -> throw new IllegalArgumentException("A monitor has no part");
            }
        } catch (HostFailure | HostUnreachable | StoreException e) {
            LOG.warn(
                    "Remains of move {} stay for now: {}",
                    part.order().plan().id(),
                    e.getMessage());
        }
    }

    private void ofSource(MoveOrder order, MovePlan plan) {
        RemoteSource source = new RemoteSource(hosts.link(plan.source()), order);
        Active now = moves.activeOf(plan.vm());
        if (!now.host().equals(plan.source())) {
            source.release(plan);
        } else if (now.epoch() > plan.epoch()) {
            source.rollBack(plan, now.epoch());
        } else {
            Active raised = plan.aborted();
            Optional<Active> won =
                    switch (moves.writes().compareAndSet(plan.vm(), now, raised)) {
                        case CasOutcome.Won() -> Optional.of(raised);
                        case CasOutcome.Lost _, CasOutcome.Unknown _ -> Optional.empty();
                    };
            won.ifPresent(w -> source.rollBack(plan, w.epoch()));
        }
    }

    private void ofTarget(MoveOrder order, MovePlan plan) {
        RemoteTarget target = new RemoteTarget(hosts.link(plan.target()), order);
        if (moves.activeOf(plan.vm()).equals(plan.committed())) {
            target.resume(plan);
            target.settle(plan);
        } else {
            target.discard(plan);
        }
    }
}
