package dev.drover.testkit.guest;

/** What fake guests say to each other: a byte that tells what follows. */
final class FakeMemoryWire {
    /** A page that the target need not understand. */
    static final int PAGE = 'p';

    /** Eight bytes follow: the memory as it is when the guest stands still. */
    static final int REST = 'r';

    /** The last stage is over: the target is to acknowledge. */
    static final int END = 'e';

    /** The target's answer. */
    static final int LOADED = 'l';

    private FakeMemoryWire() {}
}
