package dev.drover.testkit.net;

import dev.drover.ports.Frame;
import dev.drover.ports.PacketGate;
import java.util.List;

/** A packet gate with a network on one side and a VM on the other, both played by a test. */
public interface GateBench extends AutoCloseable {
    /** The VM's address. */
    String MAC = "52:54:00:d0:0e:01";

    /** The gate that is tried, open, its VM reading. */
    PacketGate gate();

    /** A frame for the VM comes off the network; when this returns it is past the gate. */
    void arrive(Frame frame);

    /** A frame for the VM comes that the network sent here before it learnt anything. */
    void comeLate(Frame frame);

    /** The VM sends a frame. */
    void emit(Frame frame);

    /** The VM reads its queue as frames come, or no longer. */
    void vmReads(boolean on);

    /** Leaves out group-addressed frames while the gate holds. */
    void dropGroup(boolean on);

    /** An announcement of the VM's address comes from elsewhere. */
    void announceElsewhere();

    /** {@link NumberedFrame#number numbers} of what the VM has read so far, in order. */
    List<Long> received();

    /** {@link NumberedFrame#number numbers} of what the VM's frames that the network saw. */
    List<Long> sent();

    /** Whether the network saw an announcement of the VM's address. */
    boolean sawAnnouncement();

    @Override
    void close();
}
