package dev.drover.net;

/** How the gate's programs hang on an interface. */
public enum Attachment {
    /** {@link #TCX} where the kernel has it, else {@link #CLSACT}. */
    AUTO,

    /**
     * A TCX link (Linux 6.6 and later): goes with the process, so that frames pass when it was
     * killed.
     */
    TCX,

    /**
     * A cls_bpf filter in the clsact qdisc that {@link Tap#create} made: stays when the process was
     * killed, so that a gate that held goes on holding (its lease still ends), with nobody to take
     * the frames.
     */
    CLSACT
}
