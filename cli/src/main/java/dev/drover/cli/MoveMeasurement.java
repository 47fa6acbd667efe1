package dev.drover.cli;

import dev.drover.api.MonitorMessage;
import dev.drover.api.MoveStatus;
import dev.drover.engine.SourceFigures;
import dev.drover.engine.TargetFigures;
import dev.drover.lab.Host;
import dev.drover.lab.InterfaceCounters;
import dev.drover.lab.Layout;
import dev.drover.lab.client.Figures;
import dev.drover.lab.client.LabClient;
import dev.drover.lab.client.PacketFigures;
import dev.drover.lab.client.StreamFigures;
import dev.drover.lab.client.Verification;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State;
import java.time.Duration;
import java.util.Optional;

/** Measures one move, from outside: client, guest, interface counters; and asks both hosts. */
final class MoveMeasurement {
    private static final PacketFigures NO_PACKETS =
            new PacketFigures(0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    private static final Figures NO_TRAFFIC =
            new Figures(NO_PACKETS, new StreamFigures(0, 0, -1, true), 0);
    private static final Verification NOTHING_VERIFIED =
            new Verification(0, 0, 0, 0, Verification.BadKinds.NONE);

    private final DemoVm vm;
    private final DemoCluster cluster;
    private final VmSpec spec;
    private final Host source;
    private final long wireBefore;

    private MoveMeasurement(DemoVm vm, DemoCluster cluster, VmSpec spec, Host source) {
        this.vm = vm;
        this.cluster = cluster;
        this.spec = spec;
        this.source = source;
        this.wireBefore = wireBytes(source);
        vm.client().ifPresent(c -> c.begin("move"));
    }

    /** Right before a move begins. */
    static MoveMeasurement begin(
            DemoVm vm, DemoCluster cluster, MonitorMessage.ActiveAnswer before) {
        int number = Integer.parseInt(before.active().host().substring(1));
        return new MoveMeasurement(vm, cluster, before.vm(), cluster.lab().host(number));
    }

    /** After the move has ended. */
    MoveReport end(MoveStatus status) throws InterruptedException {
        long wire = wireBytes(source) - wireBefore;
        Figures traffic = vm.client().map(c -> c.end("move")).orElse(NO_TRAFFIC);
        Verification verified = vm.client().map(LabClient::verify).orElse(NOTHING_VERIFIED);
        SourceFigures there = status.source().orElse(SourceFigures.NONE);
        TargetFigures here = status.target().orElse(TargetFigures.NONE);
        MonitorMessage.ActiveAnswer now = cluster.client().active(vm.name());
        MovePlan plan = status.state().plan();
        return new MoveReport(
                vm.name(),
                plan.source(),
                plan.target(),
                new MoveReport.ActiveHost(now.active().host(), now.active().epoch()),
                outcome(status.state()),
                why(status.state()),
                here.coldBoot() || there.bootedAnew(),
                status.totalMs(),
                pauseMs(there, here),
                ms(traffic.packets().longestSilence()),
                status.phases().stream()
                        .map(p -> new MoveReport.PhaseMs(p.name().name(), p.tookMs()))
                        .toList(),
                packets(traffic, there, here),
                tcp(traffic.stream()),
                disk(status, there, here),
                new MoveReport.GuestReport(
                        verified.verifiedBlocks(),
                        verified.badBlocks(),
                        verified.verifiedPages(),
                        verified.badPages(),
                        verified.badKinds()),
                new MoveReport.MemoryReport(
                        spec.memoryBytes(),
                        there.memorySentBytes(),
                        there.memoryMode(),
                        there.memoryModeReason(),
                        there.dirtySyncs()),
                wire,
                status.accelerator());
    }

    private static MoveReport.Packets packets(
            Figures traffic, SourceFigures source, TargetFigures target) {
        PacketFigures p = traffic.packets();
        return new MoveReport.Packets(
                p.sent(),
                p.answered(),
                p.lost(),
                p.duplicated(),
                p.reordered(),
                source.heldFrames(),
                source.lostFrames() + target.lostFrames(),
                ms(p.maxLatency()),
                traffic.clientDrops(),
                ms(p.maxLateness()));
    }

    private static MoveReport.Tcp tcp(StreamFigures s) {
        return new MoveReport.Tcp(s.bytes(), s.badBytes(), known(s.retransmits()), s.unbroken());
    }

    private static Optional<Long> known(long retransmits) {
        return retransmits < 0 ? Optional.empty() : Optional.of(retransmits);
    }

    private MoveReport.DiskReport disk(
            MoveStatus status, SourceFigures source, TargetFigures target) {
        var verification = status.verification();
        return new MoveReport.DiskReport(
                spec.disk().format().label(),
                spec.disk().sizeBytes(),
                source.volumeAllocatedBytes(),
                target.volumeAllocatedBytes(),
                target.pulledBytes(),
                target.rounds(),
                verification.map(v -> v.identical()).orElse(false),
                verification.map(v -> v.finding()).orElse("not compared"));
    }

    private static String outcome(State state) {
        return state instanceof State.Ended(_, _, State.Verdict verdict)
                ? switch (verdict) {
                    case State.Verdict.Moved _ -> MoveReport.MOVED;
                    case State.Verdict.RolledBack _ -> "rolled-back";
                    case State.Verdict.Superseded _ -> "superseded";
                }
                : "unfinished";
    }

    private static Optional<String> why(State state) {
        return state instanceof State.Ended(_, _, State.Verdict verdict)
                ? switch (verdict) {
                    case State.Verdict.Moved _ -> Optional.empty();
                    case State.Verdict.RolledBack(_, String why) -> Optional.of(why);
                    case State.Verdict.Superseded(Active now) ->
                            Optional.of("the record names " + now.host() + " by another's doing");
                }
                : Optional.empty();
    }

    /** Wherever the guest ran on. */
    private static double pauseMs(SourceFigures source, TargetFigures target) {
        long until = Math.max(target.resumeMicros(), source.resumedMicros());
        return source.stopMicros() == 0 || until == 0 ? 0 : (until - source.stopMicros()) / 1e3;
    }

    private static long wireBytes(Host host) {
        InterfaceCounters counters = host.counters(Layout.MANAGEMENT);
        return counters.receivedBytes() + counters.sentBytes();
    }

    private static double ms(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
