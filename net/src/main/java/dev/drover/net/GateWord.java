package dev.drover.net;

/**
 * The one 64-bit word that decides what becomes of a frame. Kernel and agent change it only
 * atomically, so that "everything captured has been delivered" and "let the next frame pass" are
 * the same instant: a frame that comes in between changes the word and is captured.
 *
 * <p>Bits 0-1 are the state, bits 2-32 what has left the capture, bits 33-63 what has entered it.
 * Both counts are in weights, modulo 2^31: a frame weighs 1, a GSO frame {@link #GSO_WEIGHT}, so
 * that a GSO frame that the capture had to cut into segments never looks delivered.
 */
final class GateWord {
    /** Frames pass. */
    static final int OPEN = 0;

    /** Frames are captured until the lease runs out. */
    static final int LEASED = 1;

    /** Frames are captured until nothing is left in the capture. */
    static final int OPENING = 2;

    /** Frames are captured. */
    static final int KEPT = 3;

    static final int STATE_MASK = 3;
    static final int OUT_SHIFT = 2;
    static final int IN_SHIFT = 33;
    static final int COUNT_MASK = 0x7fffffff;

    /** More than the segments that 64 KiB can be cut into. */
    static final int GSO_WEIGHT = 65_537;

    private GateWord() {}

    static int state(long word) {
        return (int) word & STATE_MASK;
    }

    static int in(long word) {
        return (int) (word >>> IN_SHIFT);
    }

    static int out(long word) {
        return (int) (word >>> OUT_SHIFT) & COUNT_MASK;
    }

    static boolean settled(long word) {
        return in(word) == out(word);
    }

    static long withState(long word, int state) {
        return (word & ~STATE_MASK) | state;
    }

    static long withOut(long word, int out) {
        long cleared = word & ~((long) COUNT_MASK << OUT_SHIFT);
        return cleared | ((long) (out & COUNT_MASK) << OUT_SHIFT);
    }

    /** Holding, with nothing in the capture. */
    static long heldAnew(long word) {
        return withState(withOut(word, in(word)), LEASED);
    }

    /** Opening, if it is not open already. */
    static long opening(long word) {
        return state(word) == OPEN ? word : withState(word, OPENING);
    }
}
