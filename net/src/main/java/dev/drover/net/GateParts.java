package dev.drover.net;

import java.util.ArrayDeque;

/** What a gate is built of. Made in this order; closed in the reverse order. */
final class GateParts implements AutoCloseable {
    private final ArrayDeque<AutoCloseable> made = new ArrayDeque<>();

    final GateMap map;
    final Capture capture;
    final Injector injector;
    final Placement placement;
    final Announcements announcements;
    final Attachment attachment;

    /**
     * Makes and attaches everything, the gate open.
     *
     * @throws KernelException when the kernel refuses; nothing is left behind then
     */
    GateParts(Kernel kernel, GateOptions options) {
        try {
            Rtnetlink netlink = keep(Rtnetlink.open(kernel));
            Rtnetlink.Link tap = netlink.get(options.tap());
            Rtnetlink.Link bridge = netlink.get(options.bridge());
            if (tap.master() != bridge.index() && tap.index() != bridge.index()) {
                throw new IllegalArgumentException(
                        "Tap " + options.tap() + " is no port of bridge " + options.bridge());
            }
            map = keep(new GateMap(kernel));
            CaptureTap ring = CaptureTap.create(kernel, netlink, options.tap());
            capture = keep(new Capture(ring, map, options.captureBytes(), options.dropGroup()));
            injector =
                    keep(new Injector(kernel, options.tap(), tap.index(), GatePrograms.INJECTED));
            placement = keep(new Placement(Rtnetlink.open(kernel), tap.index()));
            announcements =
                    keep(
                            new Announcements(
                                    kernel,
                                    bridge.index(),
                                    () -> map.get(GateMap.OWN_ANNOUNCEMENTS)));
            keep(new CaptureReader(kernel, options.tap(), ring, capture, announcements));
            attachment = attach(kernel, netlink, options.attachment(), tap.index(), ring.index());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Attachment attach(
            Kernel kernel, Rtnetlink netlink, Attachment chosen, int tap, int ring) {
        AttachedProgram.Direction egress = AttachedProgram.Direction.EGRESS;
        AttachedProgram.Direction ingress = AttachedProgram.Direction.INGRESS;
        keep(
                AttachedProgram.attach(
                        kernel, netlink, GatePrograms.captureOnly(), ring, egress, chosen));
        keep(
                AttachedProgram.attach(
                        kernel, netlink, GatePrograms.fence(map.fd()), tap, ingress, chosen));
        return keep(AttachedProgram.attach(
                        kernel, netlink, GatePrograms.gate(map.fd(), ring), tap, egress, chosen))
                .attachment();
    }

    private <T extends AutoCloseable> T keep(T part) {
        made.push(part);
        return part;
    }

    /** Closes all, whatever happens; the first failure is thrown. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!made.isEmpty()) {
            try {
                made.pop().close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = e instanceof RuntimeException r ? r : new IllegalStateException(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
