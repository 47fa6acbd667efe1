package dev.drover.engine;

import dev.drover.protocol.Phase;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The phases and who works in them. */
public final class Works {
    private Works() {}

    /** The phases that the monitor drives. */
    public static Map<Phase, PhaseWork> ofMonitor(
            SourceHost source,
            TargetHost target,
            Consumer<Verification> verification,
            BiConsumer<SourceFigures, TargetFigures> figures) {
        Map<Phase, PhaseWork> works = new EnumMap<>(Phase.class);
        works.put(Phase.INSTANTIATE, new InstantiatePhase(target));
        works.put(Phase.SNAPSHOT, new SnapshotPhase(source));
        works.put(Phase.PULL, new PullPhase(target));
        works.put(Phase.PRECOPY, new PrecopyPhase(source, target));
        works.put(Phase.RESUME, new ResumePhase(target));
        works.put(Phase.DELIVER, new DeliverPhase(target));
        works.put(Phase.VERIFY, new VerifyPhase(source, target, verification));
        works.put(Phase.RELEASE, new ReleasePhase(source, target, figures));
        return works;
    }

    /** The phases that the source's agent drives, in the pause. */
    public static Map<Phase, PhaseWork> ofSource(SourcePause source, TargetHost target) {
        Map<Phase, PhaseWork> works = new EnumMap<>(Phase.class);
        works.put(Phase.HOLD, new HoldPhase(source));
        works.put(Phase.DRAIN, new DrainPhase(source));
        works.put(Phase.STOP, new StopPhase(source));
        works.put(Phase.LAST_ROUND, new LastRoundPhase(source, target));
        works.put(Phase.LAST_MEMORY, new LastMemoryPhase(source));
        works.put(Phase.VOTE, new VotePhase(source));
        return works;
    }
}
