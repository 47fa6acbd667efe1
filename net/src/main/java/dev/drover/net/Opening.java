package dev.drover.net;

import dev.drover.ports.Frame;
import java.time.Duration;
import java.util.Optional;

/**
 * Delivers what is captured until nothing is left and the gate is open. The kernel opens at a frame
 * that finds everything captured before it delivered; without frames, this opens by the same rule.
 */
final class Opening {
    /** Puts a frame into the VM's queue; false when there was no room in time. */
    interface Delivery {
        boolean deliver(Frame frame, Duration atMost);
    }

    /** Counts that stayed apart so long with nothing coming will stay so: frames were cut up. */
    private static final long QUIET_NANOS = 5_000_000;

    /** Asking for the count is a system call. */
    private static final int COUNTED_EVERY = 64;

    private final GateMap map;
    private final Capture capture;
    private final Delivery delivery;
    private long delivered;
    private long patienceNanos;
    private long deadline;
    private long fewest;

    Opening(GateMap map, Capture capture, Delivery delivery) {
        this.map = map;
        this.capture = capture;
        this.delivery = delivery;
    }

    /** Frames delivered from the capture. */
    long delivered() {
        return delivered;
    }

    /**
     * Opens. The caller has taken the capture over.
     *
     * @param patience how long it goes on without fewer frames being left than ever before
     * @return false when it had to be opened before everything was delivered
     */
    boolean run(Duration patience) {
        patienceNanos = patience.toNanos();
        deadline = System.nanoTime() + patienceNanos;
        fewest = Long.MAX_VALUE;
        capture.pump(); // what came while it held
        capture.dropGroup(false);
        map.updateWord(GateWord::opening);
        while (deliverAll()) {
            long word = map.word();
            if (isOpen(word) || becameQuiet(word)) {
                return true;
            }
            if (System.nanoTime() >= deadline) {
                break;
            }
        }
        force();
        return false;
    }

    /** Frames pass: since a while, or from now on because nothing is left. */
    private boolean isOpen(long word) {
        return GateWord.state(word) == GateWord.OPEN
                || (GateWord.settled(word)
                        && map.replaceWord(word, GateWord.withState(word, GateWord.OPEN)));
    }

    /**
     * Waits for a frame or a change. The counts are apart here: either a frame is on its way from
     * the program into the ring, or one was cut up and they will stay apart.
     *
     * @return true when nothing came for long, and the gate was opened for it
     */
    private boolean becameQuiet(long word) {
        long since = System.nanoTime();
        while (!capture.await(1) && map.word() == word) {
            long now = System.nanoTime();
            if (now - since > QUIET_NANOS) {
                return map.replaceWord(word, GateWord.withState(word, GateWord.OPEN));
            }
            if (now >= deadline) {
                return false;
            }
        }
        return false;
    }

    /** False when the deadline passed first: the VM's queue has no room, or ever more comes. */
    private boolean deliverAll() {
        for (Optional<Frame> f = capture.next(); f.isPresent(); f = capture.next()) {
            long left = deadline - System.nanoTime();
            if (!deliver(f.get(), Math.max(0, left)) || left < 0) {
                return false;
            }
            if (delivered % COUNTED_EVERY == 0) {
                getsOn();
            }
        }
        return true;
    }

    /** A VM that takes more than comes has all the time that it needs. */
    private void getsOn() {
        long left = map.get(GateMap.HELD) - delivered;
        if (left < fewest) {
            fewest = left;
            deadline = System.nanoTime() + patienceNanos;
        }
    }

    private boolean deliver(Frame frame, long nanos) {
        if (!delivery.deliver(frame, Duration.ofNanos(nanos))) {
            capture.lost(frame);
            return false;
        }
        delivered++;
        capture.left(frame);
        return true;
    }

    /** Opens now; then what is left follows as far as there is room. */
    private void force() {
        map.updateWord(word -> GateWord.withState(word, GateWord.OPEN));
        do {
            for (Optional<Frame> f = capture.next(); f.isPresent(); f = capture.next()) {
                boolean _ = deliver(f.get(), 0);
            }
        } while (capture.await(1));
    }
}
