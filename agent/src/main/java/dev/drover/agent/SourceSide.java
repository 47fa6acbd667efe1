package dev.drover.agent;

import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveOrder;
import dev.drover.api.RemoteTarget;
import dev.drover.engine.ContentDigest;
import dev.drover.engine.Engine;
import dev.drover.engine.HostFailure;
import dev.drover.engine.MoveJournal;
import dev.drover.engine.RoundOffer;
import dev.drover.engine.SourceFigures;
import dev.drover.engine.SourcePause;
import dev.drover.engine.Works;
import dev.drover.ports.Disk;
import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import dev.drover.protocol.Move;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The first host of the move of a running VM: performs what the engines ask, in the order of the
 * methods. Decides nothing. Calls for one move come one at a time, but for {@link #rollBack} and
 * {@link #release}, which end whatever is at work.
 */
final class SourceSide implements FirstSide, SourcePause {
    /** A hold may darken a running guest for so long at most. */
    private static final Duration LEASE = Duration.ofSeconds(1);

    /** A guest that takes nothing, for want of a driver, say, must be moved all the same. */
    private static final Duration DRAIN = Duration.ofMillis(300);

    /** In the pause every step takes milliseconds; one that takes so long is stuck. */
    private static final Duration STUCK = Duration.ofSeconds(10);

    private static final Duration UNTIL_ANNOUNCED = Duration.ofSeconds(30);

    /** Without a vote the journal says all there is: the monitor decides what becomes of it. */
    private static final MoveJournal NOTHING_MORE = _ -> {};

    private final MoveOrder order;
    private final LocalVm vm;
    private final HostContext host;
    private final Errands errands = new Errands();
    private final SourceStreams streams;
    private final PauseLog pauseLog;
    private @Nullable MemoryTransfer memory;
    private @Nullable PacketPath packets;
    private @Nullable TargetLink target;
    private volatile long stopMicros;
    private volatile boolean drained;
    private long untaken;
    private long resumedMicros;
    private boolean bootedAnew;

    SourceSide(MoveOrder order, LocalVm vm, HostContext host) {
        this.order = order;
        this.vm = vm;
        this.host = host;
        this.streams = new SourceStreams(vm.allocation());
        this.pauseLog = new PauseLog(order, vm, host);
    }

    @Override
    public MoveOrder order() {
        return order;
    }

    @Override
    public SourceStreams streams() {
        return streams;
    }

    @Override
    public void transfer(MovePlan plan) {
        errands.perform(() -> {
            if (vm.state() != Guest.State.RUNNING) {
                throw new HostFailure(
                        "The guest of VM "
                                + vm.spec().name()
                                + " does not run (it is "
                                + vm.state()
                                + "): wake it, or stop it, and move it then");
            }
            host.persist(vm, new Standing.Source(order, Optional.empty()));
            vm.guest().onSurprise(this::surprised);
            streams.offer(vm.guest().disk().snapshot());
        });
    }

    @Override
    public void sendMemory(MovePlan plan) {
        errands.perform(() -> {
            vm.guest().disk().dropSnapshot();
            target = TargetLink.connect(order.target(), host.identity());
            PacketPath path = PacketPath.open(order, vm, host);
            packets = path;
            MemoryTransfer sending = MemoryTransfer.begin(order, vm.guest(), choice().mode(), host);
            memory = sending;
            new SourceReports(order.plan().id(), sending, path, host.monitor()).begin();
        });
    }

    @Override
    public RoundOffer nextRound(MovePlan plan) {
        return errands.run(() -> offer(vm.guest().disk().nextRound()));
    }

    @Override
    public void endRound(MovePlan plan) {
        errands.perform(() -> vm.guest().disk().endRound());
    }

    @Override
    public boolean awaitConverged(MovePlan plan, Duration atMost) {
        return errands.run(() -> memory().awaitConverged(atMost));
    }

    @Override
    public State.PauseEnd handOver(MovePlan plan) {
        return errands.run(() -> {
            if (vm.standing() instanceof Standing.Source(_, var voted) && voted.isPresent()) {
                return new State.PauseEnd.Voted();
            }
            memory().memory().hold();
            Engine engine =
                    new Engine(
                            Move.beginPause(plan),
                            Works.ofSource(this, new RemoteTarget(target(), order)),
                            new Engine.Driver.PauseDriver(NOTHING_MORE),
                            pauseLog);
            boolean voted = false;
            try {
                State.PauseEnd end = endOf(engine.run());
                voted = end instanceof State.PauseEnd.Voted;
                return end;
            } finally {
                if (!voted) {
                    settleHold();
                }
            }
        });
    }

    private static State.PauseEnd endOf(State state) {
        return switch (state) {
            case State.Paused(_, State.PauseEnd end) -> end;
            case State other -> throw new IllegalStateException("The pause ended in " + other);
        };
    }

    /**
     * Nobody votes here any more: a guest that still runs gets its packets back now, before the
     * lease lets newer ones pass; from one that is stopped they are held until it is decided.
     */
    private void settleHold() throws InterruptedException {
        if (vm.state() == Guest.State.RUNNING) {
            packets().giveBack();
        } else {
            packets().gate().keep();
        }
    }

    @Override
    public void hold(MovePlan plan) {
        errands.perform(() -> packets().gate().hold(LEASE));
    }

    @Override
    public void drain(MovePlan plan) {
        errands.perform(() -> drained = packets().gate().drain(DRAIN));
    }

    @Override
    public void stop(MovePlan plan) {
        errands.perform(() -> {
            stopMicros = vm.guest().stop();
            packets().gate().keep();
            if (packets().gate().leaseExpired()) {
                throw new HostFailure(
                        "Stopping the guest took longer than the packets may be held ("
                                + LEASE.toMillis()
                                + " ms): the host is too busy; try again later");
            }
        });
    }

    @Override
    public RoundOffer lastRound(MovePlan plan) {
        return errands.run(() -> {
            // First: while the memory flows QEMU is slow to answer.
            RoundOffer last = offer(vm.guest().disk().lastRound());
            memory().memory().release();
            return last;
        });
    }

    @Override
    public void lastMemory(MovePlan plan) {
        errands.perform(() -> {
            memory().memory().awaitLastStage(STUCK);
            memory().memory().complete(STUCK);
            memory().completed();
        });
    }

    @Override
    public void vote(MovePlan plan) {
        errands.perform(() -> {
            packets().check();
            packets().gate().shutOutput();
            vm.guest().freeze();
            host.persist(vm, new Standing.Source(order, Optional.of(measure())));
            Thread.ofVirtual().name("announcement").start(this::awaitAnnouncement);
        });
    }

    @Override
    public synchronized SourceFigures rollBack(MovePlan plan, long epoch) {
        try {
            errands.close();
            streams.close();
            if (memory != null) {
                memory.cancel();
            }
            if (packets != null) {
                packets.gate().openOutput();
            }
            runAgain();
            if (packets != null) {
                packets.giveBack();
            }
            SourceFigures figures = measure();
            end();
            host.persist(vm, new Standing.Running(vm.spec(), epoch, Optional.of(plan.id())));
            return figures;
        } catch (InterruptedException e) {
            throw new HostFailure("Rolling back did not end: " + e.getMessage(), e);
        }
    }

    @Override
    public ContentDigest digest(MovePlan plan) {
        return errands.run(() -> VolumeDigest.ofStopped(vm.spec(), vm.allocation()));
    }

    @Override
    public SourceFigures figures(MovePlan plan) {
        countUntaken();
        return packets == null && vm.standing() instanceof Standing.Source(_, var voted)
                ? voted.orElseGet(this::measure)
                : measure();
    }

    @Override
    public synchronized void release(MovePlan plan) {
        try {
            errands.close();
            streams.close();
            if (packets != null) {
                packets.stop();
            }
            end();
            host.allocations().remove(vm);
        } catch (InterruptedException e) {
            throw new HostFailure("Releasing did not end: " + e.getMessage(), e);
        }
    }

    /** The guest runs on, unless it has ended by itself; one whose process died is booted anew. */
    private void runAgain() {
        if (isAlive()) {
            vm.guest().disk().endTracking();
            if (vm.state() == Guest.State.PAUSED || vm.state() == Guest.State.SENT) {
                resumedMicros = vm.guest().resume();
            }
        } else {
            host.bootAnew(vm);
            bootedAnew = true;
        }
    }

    /** A frozen process answers nothing: it is thawed first. */
    private boolean isAlive() {
        try {
            vm.guest().thaw();
        } catch (HypervisorException | HostFailure _) {
            // Dead, as its state says then.
        }
        return vm.state() != Guest.State.GONE;
    }

    /** Asked for after the commit. A stopped QEMU has taken one more, which goes with it. */
    private void countUntaken() {
        if (packets != null && stopMicros > 0 && !drained && untaken == 0) {
            untaken = packets.gate().discardUntaken() + 1;
        }
    }

    /** Closed once: what is repeated after it does without. */
    private void end() {
        if (packets != null) {
            packets.close();
            packets = null;
        }
        if (memory != null) {
            memory.close();
            memory = null;
        }
        if (target != null) {
            target.close();
            target = null;
        }
    }

    private void surprised(Guest.Surprise surprise) {
        host.monitor()
                .tell(
                        new MonitorMessage.Surprise(
                                vm.spec().name(), order.plan().id(), surprise.why()));
    }

    private void awaitAnnouncement() {
        PacketPath path = packets();
        String mac = vm.spec().nic().mac();
        if (path.gate().awaitAnnouncement(mac, UNTIL_ANNOUNCED)) {
            path.announced(mac);
        }
    }

    private MemoryChoice choice() {
        return MemoryChoice.of(vm.spec(), host.hypervisor());
    }

    private static RoundOffer offer(Disk.Round round) {
        return new RoundOffer(
                round.number(),
                round.dirtyBytes(),
                round.export().name(),
                round.export().bitmap().orElseThrow());
    }

    private SourceFigures measure() {
        var held = packets == null ? PacketPath.NOTHING : packets.figures();
        var sent = memory == null ? MemoryTransfer.NOTHING : memory.progress();
        var how = memory == null ? choice() : choice().taken(memory.memory().mode());
        return new SourceFigures(
                stopMicros,
                resumedMicros,
                bootedAnew,
                pauseLog.phases(),
                drained,
                held.held(),
                held.sent(),
                held.lost() + untaken,
                host.allocations().allocatedBytes(vm),
                vm.spec().memoryBytes(),
                sent.sentBytes(),
                how.mode().label(),
                how.reason(),
                sent.dirtySyncs());
    }

    private MemoryTransfer memory() {
        return begun(memory);
    }

    private PacketPath packets() {
        return begun(packets);
    }

    private TargetLink target() {
        return begun(target);
    }

    private static <T> T begun(@Nullable T part) {
        if (part == null) {
            throw new HostFailure("The agent was restarted: this move's memory is lost to it");
        }
        return part;
    }
}
