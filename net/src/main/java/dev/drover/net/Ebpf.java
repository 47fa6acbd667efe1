package dev.drover.net;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An assembler for the few eBPF instructions that the gate needs. Encoding: RFC 9669. Registers are
 * numbers: 0 results, 1 to 5 arguments (lost in a call), 6 to 9 kept.
 */
final class Ebpf {
    private static final int LOAD_IMMEDIATE = 0x18;
    private static final int PSEUDO_MAP_VALUE = 2; // linux/bpf.h
    private static final int FETCH = 0x01;
    private static final int CMPXCHG = 0xf1;

    private final List<Long> code = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<Integer, String> jumps = new HashMap<>();

    Ebpf label(String name) {
        labels.put(name, code.size());
        return this;
    }

    /** to = from. */
    Ebpf move(int to, int from) {
        return add(0xbf, to, from, 0, 0);
    }

    /** register = value, sign-extended. */
    Ebpf set(int register, int value) {
        return add(0xb7, register, 0, 0, value);
    }

    /** register = value, all 64 bits. */
    Ebpf setLong(int register, long value) {
        add(LOAD_IMMEDIATE, register, 0, 0, (int) value);
        return add(0, 0, 0, 0, (int) (value >>> 32));
    }

    /** register = address of the value of a one-element array map. */
    Ebpf mapValue(int register, int mapFd) {
        add(LOAD_IMMEDIATE, register, PSEUDO_MAP_VALUE, 0, mapFd);
        return add(0, 0, 0, 0, 0);
    }

    /** to = the 32-bit word at base + offset. */
    Ebpf loadInt(int to, int base, int offset) {
        return add(0x61, to, base, offset, 0);
    }

    /** to = the 64-bit word at base + offset. */
    Ebpf loadLong(int to, int base, int offset) {
        return add(0x79, to, base, offset, 0);
    }

    /** The 32-bit word at base + offset = from. */
    Ebpf storeInt(int base, int offset, int from) {
        return add(0x63, base, from, offset, 0);
    }

    Ebpf and(int register, int value) {
        return add(0x57, register, 0, 0, value);
    }

    Ebpf shiftRight(int register, int bits) {
        return add(0x77, register, 0, 0, bits);
    }

    /** Atomically: old = word; word += register; register = old. */
    Ebpf fetchAdd(int base, int offset, int register) {
        return add(0xdb, base, register, offset, FETCH);
    }

    /** Atomically: if word == r0 then word = register; r0 = the old word. */
    Ebpf compareExchange(int base, int offset, int register) {
        return add(0xdb, base, register, offset, CMPXCHG);
    }

    Ebpf jump(String label) {
        return jump(0x05, 0, 0, 0, label);
    }

    Ebpf jumpIfEqual(int register, int value, String label) {
        return jump(0x15, register, 0, value, label);
    }

    Ebpf jumpIfSame(int register, int other, String label) {
        return jump(0x1d, register, other, 0, label);
    }

    Ebpf jumpUnlessSame(int register, int other, String label) {
        return jump(0x5d, register, other, 0, label);
    }

    /** Unsigned. */
    Ebpf jumpIfLess(int register, int other, String label) {
        return jump(0xad, register, other, 0, label);
    }

    /** Calls a helper function by its number in linux/bpf.h. */
    Ebpf call(int helper) {
        return add(0x85, 0, 0, 0, helper);
    }

    Ebpf exit() {
        return add(0x95, 0, 0, 0, 0);
    }

    /** The program, for bpf(BPF_PROG_LOAD). */
    ByteBuffer assemble() {
        ByteBuffer program = Buffers.zeroed(8 * code.size());
        for (int at = 0; at < code.size(); at++) {
            long instruction = code.get(at);
            String label = jumps.get(at);
            if (label != null) {
                Integer target = labels.get(label);
                if (target == null) {
                    throw new IllegalStateException("No label " + label);
                }
                instruction |= ((target - at - 1) & 0xffffL) << 16;
            }
            program.putLong(8 * at, instruction);
        }
        return program;
    }

    private Ebpf jump(int operation, int register, int other, int value, String label) {
        jumps.put(code.size(), label);
        return add(operation, register, other, 0, value);
    }

    /** struct bpf_insn of linux/bpf.h, little endian. */
    private Ebpf add(int operation, int destination, int source, int offset, int immediate) {
        code.add(
                operation
                        | (long) destination << 8
                        | (long) source << 12
                        | (offset & 0xffffL) << 16
                        | (long) immediate << 32);
        return this;
    }
}
