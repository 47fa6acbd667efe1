package dev.drover.lab.client;

/** How busy the guest keeps its disk and memory. */
public enum Load {
    /** Nothing is written. */
    IDLE(0),
    /** 5 MB/s of random disk blocks, 20 MB/s of random memory pages. */
    LIGHT(1),
    /** Three times {@link #LIGHT}. */
    HEAVY(3);

    private final int factor;

    Load(int factor) {
        this.factor = factor;
    }

    /** What is written to the disk. */
    public int diskBytesPerSecond() {
        return factor * 5_000_000;
    }

    /** What is written to memory. */
    public int memoryBytesPerSecond() {
        return factor * 20_000_000;
    }
}
