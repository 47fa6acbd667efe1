package dev.drover.cli;

import dev.drover.lab.client.Verification;
import dev.drover.protocol.Phase;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** Reports made by hand. */
final class SampleReports {
    private static final long MIB = 1L << 20;

    private SampleReports() {}

    /** What README shows. */
    static MoveReport moved() {
        return new MoveReport(
                "demo",
                "h1",
                "h2",
                new MoveReport.ActiveHost("h2", 8),
                "moved",
                Optional.empty(),
                false,
                6212.25,
                44.2,
                76.8,
                phases(
                        EnumSet.range(Phase.INSTANTIATE, Phase.RELEASE),
                        List.of(
                                223.0, 19.0, 1382.0, 2955.0, 0.3, 1.2, 1.1, 15.1, 17.5, 3.2, 3.2,
                                10.2, 15.0, 1217.0, 368.0)),
                new MoveReport.Packets(12_555, 12_555, 0, 0, 0, 95, 0, 124.5, 0, 45.6),
                new MoveReport.Tcp(6 * MIB, 0, Optional.of(3L), true),
                new MoveReport.DiskReport(
                        "raw",
                        1024 * MIB,
                        318 * MIB,
                        318 * MIB,
                        338 * MIB,
                        12,
                        true,
                        "1024 chunks of 1 MiB compared, all equal"),
                new MoveReport.GuestReport(16_384, 0, 16_384, 0, Verification.BadKinds.NONE),
                new MoveReport.MemoryReport(256 * MIB, 181 * MIB, "precopy", Optional.empty(), 9),
                415 * MIB,
                "tcg");
    }

    /** One in which everything went wrong that can. */
    static MoveReport rolledBack() {
        return new MoveReport(
                "demo",
                "h1",
                "h2",
                new MoveReport.ActiveHost("h1", 9),
                "rolled-back",
                Optional.of("Host h2 does not answer"),
                true,
                1500,
                12.34,
                900.5,
                phases(
                        EnumSet.of(Phase.INSTANTIATE, Phase.STOP, Phase.ABORT, Phase.ROLL_BACK),
                        List.of(200.4, 2.5, 3.0, 40.6)),
                new MoveReport.Packets(1000, 990, 10, 2, 1, 30, 7, 800, 4, 5.5),
                new MoveReport.Tcp(1000, 8, Optional.empty(), false),
                new MoveReport.DiskReport(
                        "qcow2", 512 * MIB, 3 * MIB, 2 * MIB, MIB, 0, false, "not compared"),
                new MoveReport.GuestReport(20, 6, 50, 10, new Verification.BadKinds(5, 3, 2)),
                new MoveReport.MemoryReport(192 * MIB, 0, "none", Optional.empty(), 0),
                5 * MIB,
                "kvm");
    }

    /** One of {@code --image}: nobody in the guest, and no client. */
    static MoveReport ofAnImage() {
        MoveReport r = moved();
        return new MoveReport(
                r.vm(),
                r.source(),
                r.target(),
                r.active(),
                r.outcome(),
                r.why(),
                r.coldBoot(),
                r.totalMs(),
                r.pauseMs(),
                0,
                r.phases(),
                new MoveReport.Packets(0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                new MoveReport.Tcp(0, 0, Optional.empty(), true),
                r.disk(),
                new MoveReport.GuestReport(0, 0, 0, 0, Verification.BadKinds.NONE),
                r.memory(),
                r.wireBytes(),
                r.accelerator());
    }

    private static List<MoveReport.PhaseMs> phases(EnumSet<Phase> names, List<Double> tookMs) {
        List<MoveReport.PhaseMs> phases = new ArrayList<>();
        for (Phase name : names) {
            phases.add(new MoveReport.PhaseMs(name.name(), tookMs.get(phases.size())));
        }
        return phases;
    }
}
