package dev.drover.store;

import dev.drover.protocol.Active;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What the cluster remembers. Any monitor may read; writing is for the leader, see {@link #fence}.
 * Reads show what a quorum knew when they were asked, or newer; they never give the right to act.
 * Any thread; each method waits for ZooKeeper and throws {@link StoreException.Unavailable} when
 * that gives no answer (an interrupt counts as such, and stays set).
 */
public final class ClusterStore implements AutoCloseable {
    /** A leader that is gone is replaced after this. */
    private static final Duration SESSION = Duration.ofSeconds(6);

    private static final Duration CONNECT = Duration.ofSeconds(15);

    private final Zk zk;

    private ClusterStore(Zk zk) {
        this.zk = zk;
    }

    /** As the other, with a session of 6 s and 15 s to connect. */
    public static ClusterStore connect(String connect) {
        return connect(connect, SESSION, CONNECT);
    }

    /**
     * Connects to ZooKeeper, and makes what must be there.
     *
     * @param connect as ZooKeeper's clients take it: {@code host:port,host:port}
     * @param session after so much silence ZooKeeper takes this process for dead; the server keeps
     *     it within 2 to 20 of its ticks
     * @param atMost to wait for a connection
     */
    public static ClusterStore connect(String connect, Duration session, Duration atMost) {
        Zk zk = Zk.open(connect, session, atMost);
        try {
            checkVersion(zk);
            Znodes.LAYOUT.forEach(zk::ensure);
            return new ClusterStore(zk);
        } catch (RuntimeException e) {
            zk.close();
            throw e;
        }
    }

    private static void checkVersion(Zk zk) {
        zk.ensure(Znodes.ROOT);
        zk.ensure(Znodes.VERSION, Integer.toString(Znodes.THIS_VERSION));
        int found = Integer.parseInt(Znodes.text(zk.read(Znodes.VERSION).orElseThrow().bytes()));
        if (found > Znodes.THIS_VERSION) {
            throw new StoreException.Broken(
                    "The cluster's state has layout version "
                            + found
                            + ", this Drover knows version "
                            + Znodes.THIS_VERSION
                            + ": update this monitor as the others were",
                    null);
        }
    }

    Zk zk() {
        return zk;
    }

    /** Whether ZooKeeper can be reached, as far as is known. */
    public boolean connected() {
        return zk.isConnected();
    }

    /** The names of all VMs, sorted. */
    public List<String> vms() {
        return zk.children(Znodes.VMS);
    }

    /**
     * A VM as the store has it.
     *
     * @param spec what is declared of it
     */
    public record StoredText(String spec, Active active) {}

    /** Those of these VMs that are there, by name. */
    public Map<String, StoredText> vms(Collection<String> names) {
        List<String> paths =
                names.stream()
                        .filter(Znodes::isName)
                        .flatMap(name -> Stream.of(Znodes.vm(name), Znodes.active(name)))
                        .toList();
        Map<String, Zk.Data> found = zk.readAll(paths);
        Map<String, StoredText> vms = new TreeMap<>();
        for (String name : names) {
            Zk.Data spec = found.get(Znodes.VMS + "/" + name);
            Zk.Data active = found.get(Znodes.VMS + "/" + name + "/active");
            if (spec != null && active != null) {
                vms.put(
                        name,
                        new StoredText(
                                Znodes.text(spec.bytes()),
                                Znodes.readActive(name, active.bytes())));
            }
        }
        return vms;
    }

    /** The specification of a VM, as it was declared. */
    public Optional<String> spec(String vm) {
        return existing(vm)
                .flatMap(name -> zk.read(Znodes.vm(name)))
                .map(data -> Znodes.text(data.bytes()));
    }

    /** The record of a VM. */
    public Optional<Active> active(String vm) {
        return existing(vm)
                .flatMap(name -> zk.read(Znodes.active(name)))
                .map(data -> Znodes.readActive(vm, data.bytes()));
    }

    /** What can be no name is that of nothing. */
    private static Optional<String> existing(String name) {
        return Optional.of(name).filter(Znodes::isName);
    }

    /** All moves that are remembered, in the order of their ids. */
    public List<MoveRecord> loadMoves() {
        return all(Znodes.MOVES, Znodes::move).entrySet().stream()
                .map(move -> new MoveRecord(move.getKey(), move.getValue()))
                .toList();
    }

    /** What is known of each host, by its name. */
    public Map<String, String> hosts() {
        return all(Znodes.HOSTS, Znodes::host);
    }

    /** The names of the hosts that take no VMs. */
    public List<String> cordoned() {
        return zk.children(Znodes.CORDONED);
    }

    /** The names of the hosts that never come back. */
    public List<String> lost() {
        return zk.children(Znodes.LOST);
    }

    /** What was lost with a host; empty when it was not declared lost. */
    public Optional<String> lost(String host) {
        return existing(host)
                .flatMap(name -> zk.read(Znodes.lost(name)))
                .map(data -> Znodes.text(data.bytes()));
    }

    /** What is known of each evacuation, by its id. */
    public Map<String, String> evacuations() {
        return all(Znodes.EVACUATIONS, Znodes::evacuation);
    }

    /** What is known of each bearer token, by the name of whom it speaks for. */
    public Map<String, String> tokens() {
        return all(Znodes.TOKENS, Znodes::token);
    }

    /** What is known of each base image, by its name. */
    public Map<String, String> images() {
        return all(Znodes.IMAGES, Znodes::image);
    }

    private Map<String, String> all(String parent, UnaryOperator<String> path) {
        List<String> names = zk.children(parent);
        Map<String, Zk.Data> data = zk.readAll(names.stream().map(path).toList());
        Map<String, String> found = new TreeMap<>();
        for (String name : names) {
            Zk.Data text = data.get(path.apply(name));
            if (text != null) {
                found.put(name, Znodes.text(text.bytes()));
            }
        }
        return found;
    }

    /** What was asked for with an idempotency key of this hash. */
    public Optional<String> key(String hash) {
        return zk.read(Znodes.key(hash)).map(data -> Znodes.text(data.bytes()));
    }

    /** Where the REST interface of the last leader is that had one. */
    public Optional<String> rest() {
        return zk.read(Znodes.REST)
                .map(data -> Znodes.text(data.bytes()))
                .filter(text -> !text.isEmpty());
    }

    /** Who led last; empty when nobody has yet. */
    public Optional<Leader> leader() {
        return zk.read(Znodes.TERM)
                .filter(data -> data.version() > 0)
                .map(data -> new Leader(Znodes.text(data.bytes()), data.version()));
    }

    /**
     * The store for the leader of {@code term}: every write is refused with {@link
     * StoreException.Deposed} once a later term has begun.
     *
     * @param term from {@link Leadership.Listener#gained}
     */
    public FencedStore fence(long term) {
        return fence(term, VmListener.DEAF);
    }

    /** As the other, and tells what it makes of VMs. */
    public FencedStore fence(long term, VmListener listener) {
        return new FencedStore(zk, term, listener);
    }

    /** Ends the session; a leader's leadership with it. */
    @Override
    public void close() {
        zk.close();
    }
}
