package dev.drover.net;

import java.util.OptionalLong;

/**
 * What a gate is made for.
 *
 * @param tap the VM's tap, made by {@link Tap#create}
 * @param bridge the bridge that the tap is a port of
 * @param attachment how the programs are attached
 * @param dropGroup while it holds, the gate leaves out group-addressed frames: at the target of a
 *     move, where they come from the source
 * @param captureBytes memory for captured frames; what comes beyond is dropped and counted
 * @param process the process that has the tap open; else see {@link EbpfPacketGate#follow}
 */
public record GateOptions(
        String tap,
        String bridge,
        Attachment attachment,
        boolean dropGroup,
        long captureBytes,
        OptionalLong process) {
    private static final long CAPTURE_BYTES = 256L << 20;

    public GateOptions {
        Tap.checkName(tap);
        Tap.checkName(bridge);
        if (captureBytes <= 0) {
            throw new IllegalArgumentException("The capture has no room: " + captureBytes);
        }
    }

    /** Group frames are held as all others; 256 MiB of room. */
    public static GateOptions of(String tap, String bridge) {
        return new GateOptions(
                tap, bridge, Attachment.AUTO, false, CAPTURE_BYTES, OptionalLong.empty());
    }

    /** With that attachment and no other. */
    public GateOptions with(Attachment chosen) {
        return new GateOptions(tap, bridge, chosen, dropGroup, captureBytes, process);
    }

    /** For the target of a move: its own group-addressed frames are left out while it holds. */
    public GateOptions droppingGroup() {
        return new GateOptions(tap, bridge, attachment, true, captureBytes, process);
    }

    /** With that much memory for captured frames. */
    public GateOptions withCaptureBytes(long bytes) {
        return new GateOptions(tap, bridge, attachment, dropGroup, bytes, process);
    }

    /** For a VM that runs already. */
    public GateOptions following(long pid) {
        return new GateOptions(
                tap, bridge, attachment, dropGroup, captureBytes, OptionalLong.of(pid));
    }
}
