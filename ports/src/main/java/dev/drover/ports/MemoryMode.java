package dev.drover.ports;

/** How the memory image travels. */
public enum MemoryMode {
    /** Rounds while the guest runs; the pages of the last round when it is stopped. The default. */
    PRECOPY,
    /**
     * One round while the guest runs, cut short by the stop; all pages dirtied since in the pause.
     * Where several rounds would damage the guest (software emulation in QEMU before 9.0).
     */
    SINGLE_PASS;

    /** The name in reports. */
    public String label() {
        return this == PRECOPY ? "precopy" : "single-pass";
    }
}
