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
     * A clsact qdisc with a cls_bpf filter: stays when the process was killed, so that a gate that
     * held goes on holding (its lease still ends), with nobody to take the frames.
     */
    CLSACT
}
