package dev.drover.api;

import dev.drover.engine.PhaseTime;
import dev.drover.engine.SourceFigures;
import dev.drover.engine.TargetFigures;
import dev.drover.engine.Verification;
import dev.drover.protocol.State;
import java.util.List;
import java.util.Optional;

/**
 * How a move is going.
 *
 * @param state where it stands
 * @param phases those that are over, in order, with the time they took
 * @param totalMs since it began, milliseconds; stands still when it has ended
 * @param accelerator {@code kvm} or {@code tcg}
 * @param disk how far the disk is
 * @param memory how far the memory is
 * @param packets what the source's gate holds
 * @param verification the comparison of both volumes, once made
 * @param source what the first host measured, once told
 * @param target what the second host measured, once told
 */
public record MoveStatus(
        State state,
        List<PhaseTime> phases,
        double totalMs,
        String accelerator,
        Optional<Progress.DiskProgress> disk,
        Optional<Progress.MemoryProgress> memory,
        Optional<Progress.PacketProgress> packets,
        Optional<Verification> verification,
        Optional<SourceFigures> source,
        Optional<TargetFigures> target) {}
