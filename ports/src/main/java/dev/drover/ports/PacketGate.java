package dev.drover.ports;

import java.time.Duration;
import java.util.Optional;

/**
 * Holds, counts and releases the frames intended for one VM, at the tap of that VM on this host.
 * Thread-safe, but {@link #take} has one caller at a time.
 *
 * <p>An open gate costs the VM nothing and changes nothing. Frames are lost only where {@link
 * Counters} says so. Not promised: what arrives at this host in which order; frames held in a
 * process that is killed.
 */
public interface PacketGate extends AutoCloseable {
    /**
     * Captures every frame for the VM from now on, instead of letting it through. Idempotent.
     *
     * @param lease after this time the kernel lets frames through again by itself, should this
     *     process not have called {@link #keep}; a negative or zero lease is refused with {@link
     *     IllegalArgumentException}
     */
    void hold(Duration lease);

    /** Ends the lease: the gate holds until it is opened. The guest is stopped now. */
    void keep();

    /** True when a lease ran out, so that frames may have gone past the capture. */
    boolean leaseExpired();

    /**
     * Blocks until the VM has taken every frame that was let through before {@link #hold}.
     *
     * @return false when it had not within {@code atMost}
     */
    boolean drain(Duration atMost);

    /**
     * Takes away what the VM had not taken when it was stopped; it must never run here again. A
     * stopped QEMU has taken one more than it delivers: that one is not counted.
     *
     * @return how many frames
     */
    long discardUntaken();

    /**
     * The next captured frame, in order of arrival.
     *
     * @return empty when none came within {@code atMost}
     */
    Optional<Frame> take(Duration atMost);

    /**
     * Puts a frame into the VM's receive queue, ahead of everything that is held. Blocks while the
     * queue has no room.
     *
     * @return false when the queue had no room within {@code atMost}; the frame was not delivered
     */
    boolean inject(Frame frame, Duration atMost);

    /**
     * Delivers what is still captured here to this VM, in order, then lets frames through again. No
     * frame overtakes another, unless the VM does not get on with them.
     *
     * @param patience how long it may go on without fewer frames being left than ever before, since
     *     the VM takes none, or more come than it takes; then frames are let through at once, and
     *     of those left it gets what it has room for
     * @return the frames delivered from the capture
     */
    long open(Duration patience);

    /** Drops every frame that the VM sends (a fence: it can teach no switch and reach nobody). */
    void shutOutput();

    /** Undoes {@link #shutOutput}. */
    void openOutput();

    /**
     * Sends a reverse ARP request (RFC 903) for the VM's address onto the bridge: switches learn.
     */
    void announce(String mac);

    /**
     * Blocks until an announcement of {@code mac} from elsewhere has been seen on the bridge, or
     * false.
     */
    boolean awaitAnnouncement(String mac, Duration atMost);

    /**
     * Has frames for {@code mac} come to this tap, also when the bridge hears that address from
     * elsewhere: a frame that the network sent here before it learnt would then be dropped, since a
     * bridge sends none back to where it came from. Idempotent.
     */
    void pin(String mac);

    /**
     * Undoes {@link #pin}: the next frame that is heard of the address moves it. Announcements
     * heard so far are forgotten. Idempotent.
     */
    void unpin();

    /** What happened since the gate was made. */
    Counters counters();

    /**
     * Counts of frames.
     *
     * @param held captured in all
     * @param taken handed out by {@link #take} or delivered by {@link #open}
     * @param injected by {@link #inject} and {@link #open}
     * @param dropped captured but lost for want of room
     * @param groupDropped group-addressed frames that were left out on purpose
     */
    record Counters(long held, long taken, long injected, long dropped, long groupDropped) {}

    /** Removes every filter and capture; frames go through. The tap itself stays. */
    @Override
    void close();
}
