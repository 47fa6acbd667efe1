package dev.drover.engine;

/** The target cannot resume the guest, has proof that it never ran it, and its QEMU is dead. */
public class GuestNeverRan extends HostFailure {
    private static final long serialVersionUID = 1L;

    public GuestNeverRan(String message) {
        super(message);
    }
}
