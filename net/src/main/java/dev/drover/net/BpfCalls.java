package dev.drover.net;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The commands of bpf(2) that the gate needs. Layout: union bpf_attr of linux/bpf.h. */
final class BpfCalls {
    /** enum bpf_attach_type. */
    static final int TCX_INGRESS = 46;

    /** enum bpf_attach_type. */
    static final int TCX_EGRESS = 47;

    private static final int MAP_CREATE = 0;
    private static final int PROG_LOAD = 5;
    private static final int LINK_CREATE = 28;
    private static final int TYPE_ARRAY = 2;
    private static final int TYPE_SCHED_CLS = 3;
    private static final int MMAPABLE = 1 << 10;
    private static final int ATTRIBUTE_BYTES = 128;
    private static final int LOG_BYTES = 64 * 1024;

    private BpfCalls() {}

    /** A one-element array that can be mapped. */
    static int createMap(Kernel kernel, int valueBytes) {
        ByteBuffer map = Buffers.zeroed(ATTRIBUTE_BYTES);
        map.putInt(TYPE_ARRAY).putInt(4).putInt(valueBytes).putInt(1).putInt(MMAPABLE).clear();
        return kernel.check(kernel.bpf(MAP_CREATE, map), "Making the gate's eBPF map");
    }

    /** Loads a classifier. Its licence is the project's own: no helper asks for another. */
    static int load(Kernel kernel, ByteBuffer program) {
        int fd = load(kernel, program, Buffers.zeroed(0));
        if (fd >= 0) {
            return fd;
        }
        ByteBuffer log = Buffers.zeroed(LOG_BYTES);
        int again = load(kernel, program, log);
        if (again >= 0) {
            return again;
        }
        String told = StandardCharsets.US_ASCII.decode(log).toString().replace("\0", "").strip();
        throw kernel.refused(-fd, "Loading the gate's eBPF program (" + tail(told) + ")");
    }

    private static int load(Kernel kernel, ByteBuffer program, ByteBuffer log) {
        ByteBuffer licence = Buffers.cString("Apache-2.0");
        try {
            ByteBuffer load = Buffers.zeroed(ATTRIBUTE_BYTES);
            load.putInt(TYPE_SCHED_CLS).putInt(program.capacity() / 8);
            load.putLong(kernel.address(program)).putLong(kernel.address(licence));
            if (log.capacity() > 0) {
                load.putInt(1).putInt(log.capacity()).putLong(kernel.address(log));
            }
            return kernel.bpf(PROG_LOAD, load.clear());
        } finally {
            Reference.reachabilityFence(program);
            Reference.reachabilityFence(licence);
            Reference.reachabilityFence(log);
        }
    }

    /** Attaches a classifier as a TCX link, which ends with its descriptor. -EINVAL before 6.6. */
    static int link(Kernel kernel, int program, int index, int type) {
        ByteBuffer link = Buffers.zeroed(ATTRIBUTE_BYTES);
        link.putInt(program).putInt(index).putInt(type).clear();
        return kernel.bpf(LINK_CREATE, link);
    }

    private static String tail(String log) {
        return log.length() <= 400 ? log : log.substring(log.length() - 400);
    }
}
