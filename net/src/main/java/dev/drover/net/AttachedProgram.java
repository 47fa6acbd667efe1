package dev.drover.net;

import java.nio.ByteBuffer;

/** A program that is loaded and attached to one direction of one interface, until it is closed. */
final class AttachedProgram implements AutoCloseable {
    /** From the view of the host: ingress is what the VM sends, egress what it receives. */
    enum Direction {
        INGRESS(BpfCalls.TCX_INGRESS, Rtnetlink.INGRESS),
        EGRESS(BpfCalls.TCX_EGRESS, Rtnetlink.EGRESS);

        private final int link;
        private final int parent;

        Direction(int link, int parent) {
            this.link = link;
            this.parent = parent;
        }
    }

    private final Attachment attachment;
    private final Runnable detach;

    private AttachedProgram(Attachment attachment, Runnable detach) {
        this.attachment = attachment;
        this.detach = detach;
    }

    /**
     * Attaches.
     *
     * @throws KernelException when the kernel has no such attachment, or the place is taken
     */
    static AttachedProgram attach(
            Kernel kernel,
            Rtnetlink netlink,
            ByteBuffer program,
            int index,
            Direction direction,
            Attachment attachment) {
        int fd = BpfCalls.load(kernel, program);
        try {
            return switch (attachment) {
                case TCX -> linked(kernel, BpfCalls.link(kernel, fd, index, direction.link));
                case CLSACT -> filtered(netlink, fd, index, direction);
                case AUTO -> {
                    int link = BpfCalls.link(kernel, fd, index, direction.link);
                    yield link == -Kernel.EINVAL // the kernel knows no such link
                            ? filtered(netlink, fd, index, direction)
                            : linked(kernel, link);
                }
            };
        } finally {
            kernel.close(fd); // the attachment holds the program
        }
    }

    private static AttachedProgram linked(Kernel kernel, int link) {
        kernel.check(link, "Attaching the gate as a TCX link");
        Descriptor descriptor = new Descriptor(kernel, link, "TCX link");
        return new AttachedProgram(Attachment.TCX, descriptor::close);
    }

    private static AttachedProgram filtered(
            Rtnetlink netlink, int program, int index, Direction direction) {
        netlink.addClsact(index);
        netlink.addFilter(index, direction.parent, program);
        return new AttachedProgram(
                Attachment.CLSACT, () -> netlink.removeFilter(index, direction.parent));
    }

    /** What {@link Attachment#AUTO} came to. */
    Attachment attachment() {
        return attachment;
    }

    @Override
    public void close() {
        detach.run();
    }
}
