package dev.drover.monitor;

import dev.drover.api.HostAddress;
import dev.drover.api.MonitorMessage;
import dev.drover.api.MonitorMessage.Condition;
import dev.drover.api.MoveOrder;
import dev.drover.api.RemoteSource;
import dev.drover.api.RemoteTarget;
import dev.drover.api.VmMessage;
import dev.drover.api.link.LinkException;
import dev.drover.engine.HostFailure;
import dev.drover.engine.HostUnreachable;
import dev.drover.protocol.Active;
import dev.drover.protocol.MovePlan;
import dev.drover.store.CasOutcome;
import dev.drover.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of what a host has when it comes back: of the remains of a move that nobody drives
 * any more, and of a VM that is not what is wanted of it. The record decides, and where it only
 * allows, a raise of it must be won first.
 */
record Reconciliation(Hosts hosts, Moves moves, Vms vms) {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

    /** Time for a guest that was being shut down when its monitor or agent died. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of a VM that this host has something of. */
    void of(HostAddress host, MonitorMessage.Holding held) {
        held.part().ifPresentOrElse(this::of, () -> settle(host, held.vm(), held.condition()));
    }

    /** A VM that the record leaves to this host is made what is wanted of it. */
    private void settle(HostAddress host, String vm, Condition condition) {
        try {
            if (!moves.activeOf(vm).host().equals(host.name())) {
                LOG.warn("Host {} has remains of VM {}, which lives elsewhere", host, vm);
                return;
            }
            switch (moves.stored(vm).wanted()) {
                case RUNNING -> wantRunning(vm, condition);
                case STOPPED -> wantStopped(vm, condition);
                case ASLEEP -> wantAsleep(vm, condition);
            }
        } catch (HostFailure | LinkException | StoreException e) {
            LOG.warn("VM {} stays {} on host {} for now: {}", vm, condition, host, e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void wantRunning(String vm, Condition condition) throws InterruptedException {
        switch (condition) {
            case PAUSED, GONE, STOPPED, ASLEEP -> {
                LOG.info("Waking VM {}, which is {}", vm, condition);
                VmMessage.Woken _ = vms.wake(vm);
            }
            case ENDED -> vms.stop(vm, Duration.ZERO); // Its guest shut down: so be it.
            case RUNS, UNCLEAR -> {}
        }
    }

    private void wantStopped(String vm, Condition condition) throws InterruptedException {
        switch (condition) {
            case RUNS -> vms.stop(vm, PATIENCE);
            case PAUSED, ENDED, GONE, ASLEEP -> vms.stop(vm, Duration.ZERO);
            case STOPPED, UNCLEAR -> {}
        }
    }

    private void wantAsleep(String vm, Condition condition) throws InterruptedException {
        switch (condition) {
            case RUNS, PAUSED -> vms.sleep(vm);
            case ENDED, GONE, STOPPED -> vms.stop(vm, Duration.ZERO); // There is no memory left.
            case ASLEEP, UNCLEAR -> {}
        }
    }

    private void of(MonitorMessage.Part part) {
        if (moves.known().isUnderWay(part.order().plan().id())) {
            return;
        }
        try {
            MoveOrder order = part.order().renewed(moves.writes().term());
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
        if (hosts.isLost(now.host())) {
            LOG.warn(
                    "Host {} keeps its frozen copy of VM {}, which was lost with host {}",
                    plan.source(),
                    plan.vm(),
                    now.host());
        } else if (!now.host().equals(plan.source())) {
            source.release(plan);
        } else if (now.epoch() > plan.epoch()) {
            source.rollBack(plan, now.epoch());
        } else {
            StoredVm stored = moves.stored(plan.vm());
            Active raised = plan.aborted();
            Optional<Active> won =
                    switch (vms.raise(moves.writes(), stored, now, raised)) {
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
