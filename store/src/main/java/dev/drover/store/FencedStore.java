package dev.drover.store;

import dev.drover.protocol.Active;
import dev.drover.store.Zk.Data;
import dev.drover.store.Zk.Outcome;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;

/**
 * What the leader of one term may write. Every write is one ZooKeeper transaction that also checks
 * that no later term has begun; on return it is on stable storage of a quorum. Any thread.
 *
 * <p>Beside what is said, each method throws {@link StoreException.Deposed}, or {@link
 * StoreException.Unavailable} when the answer was lost: then the write may have taken effect, or
 * still do so, and may be repeated.
 */
public final class FencedStore {
    private final Zk zk;
    private final long term;
    private final Op fence;
    private final VmListener listener;

    /** Saves reading a record before each change of it; right or not, the server checks. */
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /** Znodes that were there: only a guess at whether to create or to set. */
    private final Set<String> there = ConcurrentHashMap.newKeySet();

    private record Known(Active active, int version) {}

    FencedStore(Zk zk, long term, VmListener listener) {
        this.zk = zk;
        this.term = term;
        this.listener = listener;
        this.fence = Op.check(Znodes.TERM, Math.toIntExact(term));
    }

    /** The term that all writes carry. */
    public long term() {
        return term;
    }

    /**
     * Adds a VM.
     *
     * @param spec text of the caller's, at most 900 KiB in UTF-8
     * @throws StoreException.Exists when there is one of this name
     */
    public void declareVm(String vm, String spec, Active active) {
        Outcome outcome =
                zk.transact(
                        fence,
                        create(Znodes.vm(vm), Znodes.write(spec)),
                        create(Znodes.active(vm), Znodes.write(active)));
        if (isRefused(outcome, Code.NODEEXISTS)) {
            throw new StoreException.Exists("VM '" + vm + "'");
        }
        mustBeDone(vm, outcome);
        known.put(vm, new Known(active, 0)); // a znode is made with version 0
        listener.declared(vm, spec, active);
    }

    /**
     * Replaces what was declared of a VM; its record stays.
     *
     * @param spec text of the caller's, at most 900 KiB in UTF-8
     * @throws StoreException.NotFound when there is no such VM
     */
    public void replaceVm(String vm, String spec) {
        Outcome outcome = zk.transact(fence, Op.setData(Znodes.vm(vm), Znodes.write(spec), -1));
        if (isRefused(outcome, Code.NONODE)) {
            throw new StoreException.NotFound("VM '" + vm + "'");
        }
        mustBeDone(vm, outcome);
        listener.replaced(vm, spec);
    }

    /** Removes a VM with its record; one that is not there is removed already. */
    public void removeVm(String vm) {
        Outcome outcome =
                zk.transact(fence, Op.delete(Znodes.active(vm), -1), Op.delete(Znodes.vm(vm), -1));
        known.remove(vm);
        if (!isRefused(outcome, Code.NONODE)) {
            mustBeDone(vm, outcome);
        }
        listener.removed(vm);
    }

    /**
     * Changes the record of {@code vm} from {@code expected} to {@code next}.
     *
     * <p>A lost answer is an outcome here, not an exception: {@link ClusterStore#active} tells what
     * became of it, or the same compare-and-set once more.
     *
     * @param next of a higher epoch: so no record ever comes back
     * @throws StoreException.NotFound when there is no such VM
     */
    public CasOutcome compareAndSet(String vm, Active expected, Active next) {
        return compareAndSet(vm, expected, next, Optional.empty());
    }

    /** As the other, and saves {@code ifWon} in the same transaction. */
    public CasOutcome compareAndSet(String vm, Active expected, Active next, MoveRecord ifWon) {
        return compareAndSet(vm, expected, next, Optional.of(ifWon));
    }

    private CasOutcome compareAndSet(
            String vm, Active expected, Active next, Optional<MoveRecord> ifWon) {
        if (next.epoch() <= expected.epoch()) {
            throw new IllegalArgumentException(
                    "A compare-and-set raises the epoch; %d is not above %d"
                            .formatted(next.epoch(), expected.epoch()));
        }
        try {
            return attempt(vm, expected, next, ifWon);
        } catch (StoreException.Unavailable e) {
            known.remove(vm);
            listener.doubted(vm);
            return new CasOutcome.Unknown(why(e));
        }
    }

    private CasOutcome attempt(
            String vm, Active expected, Active next, Optional<MoveRecord> ifWon) {
        while (true) {
            Known now = known.get(vm);
            if (now == null || !now.active().equals(expected)) {
                now = read(vm);
            }
            if (!now.active().equals(expected)) {
                return new CasOutcome.Lost(now.active());
            }
            Op set = Op.setData(Znodes.active(vm), Znodes.write(next), now.version());
            switch (zk.transact(operations(set, ifWon))) {
                case Outcome.Done _ -> {
                    known.put(vm, new Known(next, now.version() + 1));
                    ifWon.ifPresent(move -> there.add(Znodes.move(move.id())));
                    listener.recorded(vm, next);
                    return new CasOutcome.Won();
                }
                case Outcome.Unknown(Exception cause) -> throw zk.unavailable(cause);
                case Outcome.Refused refused when refused.index() == 2 ->
                        guessAnew(Znodes.move(ifWon.orElseThrow().id()));
                case Outcome.Refused refused when refused.index() == 1 -> known.remove(vm);
                case Outcome.Refused _ -> throw new StoreException.Deposed(term);
            }
        }
    }

    private Op[] operations(Op set, Optional<MoveRecord> move) {
        return Stream.concat(
                        Stream.of(fence, set),
                        move.map(m -> put(Znodes.move(m.id()), Znodes.write(m.state()))).stream())
                .toArray(Op[]::new);
    }

    private Known read(String vm) {
        Data data =
                zk.read(Znodes.active(vm))
                        .orElseThrow(() -> new StoreException.NotFound("VM '" + vm + "'"));
        Known now = new Known(Znodes.readActive(vm, data.bytes()), data.version());
        known.put(vm, now);
        return now;
    }

    private static String why(StoreException.Unavailable e) {
        return e.getCause() instanceof InterruptedException
                ? "The thread that waited for ZooKeeper's answer was interrupted"
                : "ZooKeeper's answer was lost: " + e.getCause();
    }

    /** Remembers the state of a move, in place of what was remembered of it. */
    public void saveMove(MoveRecord move) {
        putDurably(Znodes.move(move.id()), move.state());
    }

    /** Forgets a move; one that is not there is forgotten already. */
    public void removeMove(String id) {
        remove(Znodes.move(id));
    }

    /**
     * Remembers a host, in place of what was known of it.
     *
     * @param description text of the caller's, at most 900 KiB in UTF-8
     */
    public void putHost(String name, String description) {
        putDurably(Znodes.host(name), description);
    }

    /** Forgets a host; one that is not there is forgotten already. */
    public void removeHost(String name) {
        remove(Znodes.host(name));
    }

    /** Remembers that a host takes no VMs. */
    public void cordon(String host) {
        putDurably(Znodes.cordoned(host), "");
    }

    /** Remembers that a host takes VMs. */
    public void uncordon(String host) {
        remove(Znodes.cordoned(host));
    }

    /** Remembers for ever that a host never comes back, and what was lost with it. */
    public void putLost(String host, String description) {
        putDurably(Znodes.lost(host), description);
    }

    /** Remembers how far an evacuation is. */
    public void putEvacuation(String id, String description) {
        putDurably(Znodes.evacuation(id), description);
    }

    /** Forgets an evacuation; one that is not there is forgotten already. */
    public void removeEvacuation(String id) {
        remove(Znodes.evacuation(id));
    }

    /** Remembers whom a bearer token speaks for, in place of what was known of that name. */
    public void putToken(String name, String description) {
        putDurably(Znodes.token(name), description);
    }

    /** Forgets a bearer token; one that is not there is forgotten already. */
    public void removeToken(String name) {
        remove(Znodes.token(name));
    }

    /** Remembers a base image, in place of what was known of that name. */
    public void putImage(String name, String description) {
        putDurably(Znodes.image(name), description);
    }

    /** Forgets a base image; one that is not there is forgotten already. */
    public void removeImage(String name) {
        remove(Znodes.image(name));
    }

    /** Remembers what was asked for with an idempotency key of this hash. */
    public void putKey(String hash, String request) {
        putDurably(Znodes.key(hash), request);
    }

    /** Forgets an idempotency key; one that is not there is forgotten already. */
    public void removeKey(String hash) {
        remove(Znodes.key(hash));
    }

    /** Says where this leader's REST interface is. */
    public void putRest(String address) {
        mustBeDone(zk.transact(fence, Op.setData(Znodes.REST, Znodes.write(address), -1)));
    }

    /** Proves by a write that this leader has a quorum. */
    public void touchQuorum() {
        mustBeDone(zk.transact(fence, Op.setData(Znodes.QUORUM, new byte[0], -1)));
    }

    private void putDurably(String path, String text) {
        byte[] bytes = Znodes.write(text);
        Outcome outcome = zk.transact(fence, put(path, bytes));
        while (isRefused(outcome, Code.NONODE) || isRefused(outcome, Code.NODEEXISTS)) {
            guessAnew(path);
            outcome = zk.transact(fence, put(path, bytes));
        }
        mustBeDone(outcome);
        there.add(path);
    }

    private void remove(String path) {
        Outcome outcome = zk.transact(fence, Op.delete(path, -1));
        there.remove(path);
        if (!isRefused(outcome, Code.NONODE)) {
            mustBeDone(outcome);
        }
    }

    private Op put(String path, byte[] bytes) {
        return there.contains(path) ? Op.setData(path, bytes, -1) : create(path, bytes);
    }

    private void guessAnew(String path) {
        if (!there.remove(path)) {
            there.add(path);
        }
    }

    private static Op create(String path, byte[] bytes) {
        return Op.create(path, bytes, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    /** Whether an operation other than the fence was refused for this reason. */
    private static boolean isRefused(Outcome outcome, Code code) {
        return outcome instanceof Outcome.Refused refused
                && refused.index() > 0
                && refused.code() == code;
    }

    private void mustBeDone(String vm, Outcome outcome) {
        if (outcome instanceof Outcome.Unknown) {
            listener.doubted(vm);
        }
        mustBeDone(outcome);
    }

    private void mustBeDone(Outcome outcome) {
        switch (outcome) {
            case Outcome.Done _ -> {}
            case Outcome.Unknown(Exception cause) -> throw zk.unavailable(cause);
            case Outcome.Refused(int index, Code _) when index == 0 ->
                    throw new StoreException.Deposed(term);
            case Outcome.Refused(int index, Code code) ->
                    throw new StoreException.Broken(
                            "ZooKeeper refused operation " + index + " with " + code, null);
        }
    }
}
