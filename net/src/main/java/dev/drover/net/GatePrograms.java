package dev.drover.net;

import static dev.drover.net.GateMap.DEADLINE;
import static dev.drover.net.GateMap.EXPIRED;
import static dev.drover.net.GateMap.HELD;
import static dev.drover.net.GateMap.OWN_ANNOUNCEMENTS;
import static dev.drover.net.GateMap.SHUT;
import static dev.drover.net.GateMap.SHUT_DROPPED;
import static dev.drover.net.GateMap.WORD;

import java.nio.ByteBuffer;

/**
 * What runs in the kernel, on the VM's tap. The decision about a frame is one atomic operation on
 * the {@link GateWord}. Offsets: struct __sk_buff; numbers of helpers: enum bpf_func_id, both of
 * linux/bpf.h.
 */
final class GatePrograms {
    /** SO_MARK of the agent's own frames, which always pass. */
    static final int INJECTED = 0x0d70_7e51;

    /** Mark that the gate gives a frame on its way into the capture. */
    static final int CAPTURED = 0x0d70_7e52;

    /** TC_ACT_UNSPEC, TCX_NEXT: what comes after the gate decides. */
    private static final int PASS = -1;

    /** TC_ACT_SHOT, TCX_DROP. */
    private static final int DROP = 2;

    private static final int SKB_MARK = 8;
    private static final int SKB_PROTOCOL = 16;
    private static final int SKB_GSO_SIZE = 176;
    private static final int KTIME_GET_NS = 5;
    private static final int REDIRECT = 23;

    /** htons(ETH_P_RARP) on a little-endian machine. */
    private static final int RARP = 0x3580;

    private static final int CONTEXT = 6;
    private static final int MAP = 7;
    private static final int SEEN = 8;

    private GatePrograms() {}

    /** Egress of the VM's tap: the gate. */
    static ByteBuffer gate(int map, int captureIndex) {
        Ebpf code = new Ebpf();
        code.move(CONTEXT, 1)
                .loadInt(0, CONTEXT, SKB_MARK)
                .jumpIfEqual(0, INJECTED, "pass")
                .mapValue(MAP, map)
                .loadLong(SEEN, MAP, WORD)
                .move(2, SEEN)
                .and(2, GateWord.STATE_MASK)
                .jumpIfEqual(2, GateWord.OPEN, "pass")
                .jumpIfEqual(2, GateWord.KEPT, "capture")
                .jumpIfEqual(2, GateWord.OPENING, "opening");
        leased(code);
        opening(code);
        open(code);
        capture(code, captureIndex);
        return code.label("pass").set(0, PASS).exit().assemble();
    }

    /** Within the lease: capture. After it: open, once, and say so. */
    private static void leased(Ebpf code) {
        code.call(KTIME_GET_NS)
                .loadLong(1, MAP, DEADLINE)
                .jumpIfLess(0, 1, "capture")
                .set(9, 1)
                .jump("open");
    }

    /** Nothing left in the capture: open. */
    private static void opening(Ebpf code) {
        code.label("opening")
                .move(1, SEEN)
                .shiftRight(1, GateWord.IN_SHIFT)
                .move(2, SEEN)
                .shiftRight(2, GateWord.OUT_SHIFT)
                .and(2, GateWord.COUNT_MASK)
                .jumpUnlessSame(1, 2, "capture")
                .set(9, 0);
    }

    /** State = OPEN, if the word is still as it was seen; else look at it again. r9: expired? */
    private static void open(Ebpf code) {
        code.label("open")
                .move(0, SEEN)
                .move(2, SEEN)
                .and(2, ~GateWord.STATE_MASK)
                .compareExchange(MAP, WORD, 2)
                .jumpUnlessSame(0, SEEN, "changed")
                .fetchAdd(MAP, EXPIRED, 9)
                .jump("pass")
                .label("changed")
                .and(0, GateWord.STATE_MASK)
                .jumpIfEqual(0, GateWord.OPEN, "pass");
    }

    /** Counts the frame and sends it to the capture, unless the gate was opened meanwhile. */
    private static void capture(Ebpf code, int captureIndex) {
        code.label("capture")
                .setLong(2, 1L << GateWord.IN_SHIFT)
                .loadInt(1, CONTEXT, SKB_GSO_SIZE)
                .jumpIfEqual(1, 0, "count")
                .setLong(2, (long) GateWord.GSO_WEIGHT << GateWord.IN_SHIFT)
                .label("count")
                .fetchAdd(MAP, WORD, 2)
                .and(2, GateWord.STATE_MASK)
                .jumpIfEqual(2, GateWord.OPEN, "pass")
                .set(1, 1)
                .fetchAdd(MAP, HELD, 1)
                .set(1, CAPTURED)
                .storeInt(CONTEXT, SKB_MARK, 1)
                .set(1, captureIndex)
                .set(2, 0)
                .call(REDIRECT)
                .exit();
    }

    /** Ingress of the VM's tap: the fence, and a count of announcements. */
    static ByteBuffer fence(int map) {
        return new Ebpf()
                .loadInt(0, 1, SKB_PROTOCOL)
                .mapValue(MAP, map)
                .loadLong(2, MAP, SHUT)
                .jumpIfEqual(2, 0, "open")
                .set(1, 1)
                .fetchAdd(MAP, SHUT_DROPPED, 1)
                .set(0, DROP)
                .exit()
                .label("open")
                .set(1, 1)
                .jumpIfEqual(0, RARP, "announcement")
                .jump("pass")
                .label("announcement")
                .fetchAdd(MAP, OWN_ANNOUNCEMENTS, 1)
                .label("pass")
                .set(0, PASS)
                .exit()
                .assemble();
    }

    /** Egress of the capture: only what the gate sent; no other program's frames. */
    static ByteBuffer captureOnly() {
        return new Ebpf()
                .loadInt(0, 1, SKB_MARK)
                .jumpIfEqual(0, CAPTURED, "pass")
                .set(0, DROP)
                .exit()
                .label("pass")
                .set(0, PASS)
                .exit()
                .assemble();
    }
}
