package dev.drover.engine;

import java.util.List;
import java.util.Optional;

/**
 * What the first host measured in a move.
 *
 * @param stopMicros when the guest stopped, microseconds since the epoch by this host's clock; 0 if
 *     it did not
 * @param resumedMicros when it ran on here after that, by the same clock; 0 if it did not
 * @param bootedAnew whether its process had died, and it was booted from its disk here
 * @param pausePhases the phases that it drove
 * @param drained whether the guest took everything before it was stopped
 * @param heldFrames captured by the gate
 * @param sentFrames passed on to the target
 * @param lostFrames captured but not passed on, or refused by the capture
 * @param volumeAllocatedBytes of the volume on this host's disk
 * @param memoryBytes size of the guest's memory
 * @param memorySentBytes of the memory stream, before compression; of a VM that sleeps, of its file
 * @param memoryMode how the memory travelled
 * @param memoryModeReason why not by pre-copy, in plain words; empty when it did, or the VM rested
 * @param dirtySyncs how often dirty pages were collected
 */
public record SourceFigures(
        long stopMicros,
        long resumedMicros,
        boolean bootedAnew,
        List<PhaseTime> pausePhases,
        boolean drained,
        long heldFrames,
        long sentFrames,
        long lostFrames,
        long volumeAllocatedBytes,
        long memoryBytes,
        long memorySentBytes,
        String memoryMode,
        Optional<String> memoryModeReason,
        int dirtySyncs) {
    /** Of a side that has nothing more to tell. */
    public static final SourceFigures NONE =
            new SourceFigures(
                    0, 0, false, List.of(), false, 0, 0, 0, 0, 0, 0, "none", Optional.empty(), 0);
}
