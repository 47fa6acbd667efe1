package dev.drover.protocol;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that matters of a cluster in a move, at one instant.
 *
 * @param monitor the leader, null while there is none
 * @param former a leader that was replaced and does not know it yet, or null
 * @param journal the state of the move that the store keeps
 * @param lateJournal a write of a dead leader to the journal that may still land
 * @param record who may run the VM
 * @param lateWrites compare-and-sets whose answer was lost and that may still land
 * @param sent messages that can arrive at any time, any number of times
 * @param source the first host
 * @param target the second host
 */
record World(
        @Nullable Monitor monitor,
        @Nullable Monitor former,
        State journal,
        @Nullable State lateJournal,
        Active record,
        Set<Ask.Cas> lateWrites,
        Set<Ask> sent,
        Source source,
        Target target) {

    /** Quick, and well spread, since millions are compared. */
    @Override
    public int hashCode() {
        int hash = monitor == null ? 0 : monitor.hashCode();
        hash = mixed(hash, former == null ? 0 : former.hashCode());
        hash = mixed(hash, journal.phase().hashCode());
        hash = mixed(hash, lateJournal == null ? 0 : lateJournal.phase().hashCode());
        hash = mixed(hash, (int) record.epoch());
        hash = mixed(hash, hash(lateWrites));
        hash = mixed(hash, hash(sent));
        hash = mixed(hash, source.hashCode());
        return mixed(hash, target.hashCode());
    }

    private static int hash(Set<? extends Ask> asks) {
        int hash = 0;
        for (Ask ask : asks) {
            hash += mixed(ask.getClass().hashCode(), ask.hashCode());
        }
        return hash;
    }

    private static int mixed(int hash, int more) {
        return (hash ^ more) * 0x9E3779B1;
    }

    static World begin(MovePlan plan) {
        State state = Move.begin(plan);
        return new World(
                null,
                null,
                state,
                null,
                plan.before(),
                Set.of(),
                Set.of(),
                Source.running(plan),
                Target.EMPTY);
    }

    /**
     * The leader's engine.
     *
     * @param asks what its workers wait for
     */
    record Monitor(State state, Set<Ask> asks) {
        @Override
        public int hashCode() {
            return mixed(state.phase().hashCode(), World.hash(asks));
        }

        Monitor without(Ask ask) {
            return new Monitor(state, minus(asks, ask));
        }
    }

    /** A QEMU process. */
    enum Qemu {
        NONE,
        INCOMING,
        LOADED,
        RUNNING,
        STOPPED,
        FROZEN,
        DEAD
    }

    /**
     * The first host.
     *
     * @param up whether its agent lives
     * @param epoch by which it may run the guest; in its journal
     * @param pause its engine's state; null before the hand-over and after a roll back
     * @param pauseJournal what its journal has of that
     * @param worked the last phase of the pause whose work was done
     * @param disordered a phase was worked in before the one ahead of it
     * @param voted its vote for the commit is in its journal
     * @param ranOn the guest ran after the target had loaded its memory
     * @param released its allocation is removed
     */
    record Source(
            boolean up,
            Qemu qemu,
            long epoch,
            @Nullable State pause,
            @Nullable State pauseJournal,
            @Nullable Phase worked,
            boolean disordered,
            boolean voted,
            boolean ranOn,
            boolean released) {
        @Override
        public int hashCode() {
            int bits = (up ? 1 : 0) + (voted ? 2 : 0) + (ranOn ? 4 : 0) + (released ? 8 : 0);
            int hash = mixed(bits + (disordered ? 16 : 0), (int) epoch);
            hash = mixed(hash, pause == null ? 0 : pause.phase().hashCode());
            hash = mixed(hash, pauseJournal == null ? 0 : pauseJournal.phase().hashCode());
            hash = mixed(hash, worked == null ? 0 : worked.hashCode());
            return mixed(hash, qemu.hashCode());
        }

        static Source running(MovePlan plan) {
            return new Source(
                    true, Qemu.RUNNING, plan.epoch(), null, null, null, false, false, false, false);
        }

        Source up(boolean now) {
            return new Source(
                    now,
                    qemu,
                    epoch,
                    now ? pause : null,
                    pauseJournal,
                    worked,
                    disordered,
                    voted,
                    ranOn,
                    released);
        }

        Source qemu(Qemu now) {
            return new Source(
                    up,
                    now,
                    epoch,
                    pause,
                    pauseJournal,
                    worked,
                    disordered,
                    voted,
                    ranOn || (now == Qemu.RUNNING && worked != null),
                    released);
        }

        Source pause(@Nullable State now, @Nullable State kept) {
            return new Source(
                    up, qemu, epoch, now, kept, worked, disordered, voted, ranOn, released);
        }

        Source worked(Phase phase) {
            boolean inOrder =
                    phase == worked
                            || (worked == null
                                    ? phase == Phase.HOLD
                                    : worked != Phase.VOTE && phase == worked.nextInPause());
            return new Source(
                    up,
                    qemu,
                    epoch,
                    pause,
                    pauseJournal,
                    phase,
                    disordered || !inOrder,
                    voted || phase == Phase.VOTE,
                    ranOn && phase != Phase.LAST_MEMORY,
                    released);
        }

        Source rolledBack(long now) {
            return new Source(
                    up, qemu, now, null, null, worked, disordered, voted, ranOn, released);
        }

        Source withReleased() {
            return new Source(
                    up,
                    Qemu.NONE,
                    epoch,
                    pause,
                    pauseJournal,
                    worked,
                    disordered,
                    voted,
                    ranOn,
                    true);
        }
    }

    /**
     * The second host.
     *
     * @param up whether its agent lives
     * @param voted its vote for the commit is in its journal
     * @param resumed its journal says that {@code cont} may have been sent
     * @param gaveBack its journal says that it will never run the guest
     * @param discarded its allocation is removed
     * @param ran the guest has executed here: the truth, that nobody may know
     * @param delivered the held packets have reached the guest
     */
    record Target(
            boolean up,
            Qemu qemu,
            boolean voted,
            boolean resumed,
            boolean gaveBack,
            boolean discarded,
            boolean ran,
            boolean delivered) {
        static final Target EMPTY =
                new Target(true, Qemu.NONE, false, false, false, false, false, false);

        @Override
        public int hashCode() {
            int bits = (up ? 1 : 0) + (voted ? 2 : 0) + (resumed ? 4 : 0) + (gaveBack ? 8 : 0);
            bits += (discarded ? 16 : 0) + (ran ? 32 : 0) + (delivered ? 64 : 0);
            return mixed(bits, qemu.hashCode());
        }

        Target up(boolean now) {
            return new Target(now, qemu, voted, resumed, gaveBack, discarded, ran, delivered);
        }

        Target qemu(Qemu now) {
            return new Target(
                    up,
                    now,
                    voted,
                    resumed,
                    gaveBack,
                    discarded,
                    ran || now == Qemu.RUNNING,
                    delivered);
        }

        Target withVote() {
            return new Target(up, qemu, true, resumed, gaveBack, discarded, ran, delivered);
        }

        Target withResumed() {
            return new Target(up, qemu, voted, true, gaveBack, discarded, ran, delivered);
        }

        Target withGivenBack() {
            return new Target(up, Qemu.DEAD, voted, resumed, true, discarded, ran, delivered);
        }

        Target withDiscarded() {
            return new Target(up, Qemu.NONE, voted, resumed, gaveBack, true, ran, delivered);
        }

        Target withDelivered() {
            return new Target(up, qemu, voted, resumed, gaveBack, discarded, ran, true);
        }
    }

    World monitor(@Nullable Monitor now) {
        return new World(
                now, former, journal, lateJournal, record, lateWrites, sent, source, target);
    }

    World former(@Nullable Monitor now) {
        return new World(
                monitor, now, journal, lateJournal, record, lateWrites, sent, source, target);
    }

    /** The former leader in the place of the leader, and the other way round. */
    World swapped() {
        return former(monitor).monitor(former);
    }

    World journal(State now) {
        return new World(
                monitor, former, now, lateJournal, record, lateWrites, sent, source, target);
    }

    World lateJournal(@Nullable State now) {
        return new World(monitor, former, journal, now, record, lateWrites, sent, source, target);
    }

    /** A write that expects what the record was before can land no more. */
    World record(Active now) {
        Set<Ask.Cas> still = new HashSet<>(lateWrites);
        still.removeIf(cas -> cas.expected().epoch() < now.epoch());
        return new World(
                monitor,
                former,
                journal,
                lateJournal,
                now,
                Set.copyOf(still),
                sent,
                source,
                target);
    }

    World lateWrites(Set<Ask.Cas> now) {
        return new World(monitor, former, journal, lateJournal, record, now, sent, source, target);
    }

    /** A compare-and-set is under way and may land, if it still can. */
    World late(Ask.Cas cas) {
        return cas.expected().epoch() < record.epoch() ? this : lateWrites(plus(lateWrites, cas));
    }

    World sent(Ask ask) {
        return ask.canArriveLate()
                ? new World(
                        monitor,
                        former,
                        journal,
                        lateJournal,
                        record,
                        lateWrites,
                        plus(sent, ask),
                        source,
                        target)
                : this;
    }

    World source(Source now) {
        return new World(
                monitor, former, journal, lateJournal, record, lateWrites, sent, now, target);
    }

    World target(Target now) {
        return new World(
                monitor, former, journal, lateJournal, record, lateWrites, sent, source, now);
    }

    static <T> Set<T> plus(Set<T> set, T element) {
        if (set.contains(element)) {
            return set;
        }
        Set<T> more = new HashSet<>(set);
        more.add(element);
        return Set.copyOf(more);
    }

    static <T> Set<T> minus(Set<T> set, T element) {
        Set<T> fewer = new HashSet<>(set);
        fewer.remove(element);
        return Set.copyOf(fewer);
    }
}
