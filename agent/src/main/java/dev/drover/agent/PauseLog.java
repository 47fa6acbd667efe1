package dev.drover.agent;

import dev.drover.api.Fault;
import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveOrder;
import dev.drover.engine.MoveObserver;
import dev.drover.engine.PhaseTime;
import dev.drover.protocol.Phase;
import dev.drover.protocol.Role;
import dev.drover.protocol.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes how long each phase of the pause took, and crashes somebody where that was asked for. */
final class PauseLog implements MoveObserver {
    private static final Logger LOG = LoggerFactory.getLogger(PauseLog.class);

    private final List<PhaseTime> phases = new CopyOnWriteArrayList<>();
    private final MoveOrder order;
    private final LocalVm vm;
    private final HostContext host;

    PauseLog(MoveOrder order, LocalVm vm, HostContext host) {
        this.order = order;
        this.vm = vm;
        this.host = host;
    }

    List<PhaseTime> phases() {
        return List.copyOf(phases);
    }

    @Override
    public void entering(State state, Phase phase) {
        order.fault()
                .filter(f -> host.settings().faults() && f.phase() == phase)
                .ifPresent(f -> strike(f.victim()));
    }

    @Override
    public void left(Phase phase, Duration took) {
        LOG.info("{} took {} us", phase, took.toNanos() / 1000);
        if (phase.driver() == Role.SOURCE) {
            phases.add(new PhaseTime(phase, took.toNanos() / 1e6));
        }
    }

    private void strike(Fault.Victim victim) {
        switch (victim) {
            case SOURCE_AGENT -> Runtime.getRuntime().halt(137);
            case SOURCE_QEMU -> killQemu();
            case SOURCE_HOST -> {
                killQemu();
                Runtime.getRuntime().halt(137);
            }
            case TARGET_AGENT, TARGET_QEMU, TARGET_HOST, MONITOR, MOVE ->
                    host.monitor().ask(new MonitorMessage.Strike(order.plan().id(), victim));
        }
    }

    private void killQemu() {
        ProcessHandle.of(vm.guest().pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
}
