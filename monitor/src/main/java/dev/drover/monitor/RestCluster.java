package dev.drover.monitor;

import dev.drover.api.MoveStatus;
import dev.drover.api.NotLeading;
import dev.drover.api.Progress;
import dev.drover.api.VmMessage;
import dev.drover.api.link.Json;
import dev.drover.api.rest.CreationView;
import dev.drover.api.rest.HostView;
import dev.drover.api.rest.MoveRequest;
import dev.drover.api.rest.MoveView;
import dev.drover.api.rest.VmView;
import dev.drover.api.spec.VmDeclaration;
import dev.drover.engine.HostFailure;
import dev.drover.monitor.rest.Changes;
import dev.drover.monitor.rest.Cluster;
import dev.drover.monitor.rest.Digests;
import dev.drover.monitor.rest.HostVerbs;
import dev.drover.monitor.rest.ImageVerbs;
import dev.drover.monitor.rest.VolumeVerbs;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State;
import dev.drover.store.ClusterStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** This monitor as its REST interface sees it. */
record RestCluster(
        ClusterStore store,
        Inventory inventory,
        Hosts hosts,
        Moves moves,
        Vms vms,
        NewVms newVms,
        HostVerbs hostVerbs,
        ImageVerbs images,
        VolumeVerbs volumes,
        Changes changes,
        Metrics metrics)
        implements Cluster {
    /**
     * A move that was asked for with a key; kept before it begins.
     *
     * @param epoch of the VM's record then: while it stands, the move cannot have ended
     */
    private record Asked(MoveRequest request, String move, long epoch) {}

    @Override
    public void mustLead() {
        var _ = moves.writes();
    }

    @Override
    public Optional<String> leader() {
        return store.rest();
    }

    @Override
    public Map<String, Token> tokens() {
        Map<String, Token> tokens = new TreeMap<>();
        store.tokens().forEach((name, text) -> tokens.put(name, Json.read(text, Token.class)));
        return tokens;
    }

    @Override
    public synchronized boolean addToken(String name, Token token) {
        if (tokens().containsKey(name)) {
            return false;
        }
        moves.writes().putToken(name, Json.text(token));
        return true;
    }

    @Override
    public synchronized void removeToken(String name) {
        moves.writes().removeToken(name);
    }

    @Override
    public List<HostView> allHosts() {
        return hosts.all();
    }

    static HostView view(StoredHost host, boolean connected, boolean cordoned, boolean lost) {
        return new HostView(
                host.address().name(),
                host.address().address(),
                host.address().port(),
                connected,
                host.facts().hypervisor(),
                host.facts().accelerator(),
                host.facts().machine(),
                host.facts().mtu(),
                host.capacity(),
                host.labels(),
                cordoned,
                lost);
    }

    @Override
    public List<VmView> allVms() {
        Map<String, String> underWay = moves.known().underWay();
        return inventory.all().stream()
                .map(vm ->
                        view(
                                vm.stored(),
                                vm.active(),
                                hosts.isLost(vm.active().host()),
                                Optional.ofNullable(underWay.get(vm.name()))))
                .toList();
    }

    @Override
    public Optional<VmView> vm(String name) {
        Optional<StoredVm> vm = store.spec(name).map(s -> Json.read(s, StoredVm.class));
        Optional<Active> active = store.active(name);
        return vm.flatMap(v ->
                active.map(a -> view(v, a, hosts.isLost(a.host()), moves.known().underWay(name))));
    }

    static VmView view(StoredVm stored, Active active, boolean lost, Optional<String> move) {
        VmSpec vm = stored.spec();
        return new VmView(
                vm.name(),
                vm.cores(),
                vm.memoryBytes(),
                vm.disk().format().label(),
                vm.disk().sizeBytes(),
                vm.nic().mac(),
                vm.nic().bridge(),
                stored.wanted(),
                active.host(),
                active.epoch(),
                lost,
                move,
                stored.tags(),
                stored.placement());
    }

    @Override
    public CreationView create(VmDeclaration declared, Optional<String> host, boolean dryRun)
            throws InterruptedException {
        return newVms.create(declared, host, dryRun);
    }

    @Override
    public VmMessage.Woken wake(String vm) throws InterruptedException {
        return vms.wake(vm);
    }

    @Override
    public void sleep(String vm) throws InterruptedException {
        vms.sleep(vm);
    }

    @Override
    public void stop(String vm, Duration patience) throws InterruptedException {
        vms.stop(vm, patience);
    }

    @Override
    public void destroy(String vm, Optional<Duration> keep) throws InterruptedException {
        vms.destroy(vm, keep);
    }

    @Override
    public List<MoveView> allMoves() {
        return moves.known().statuses().stream().map(RestCluster::view).toList();
    }

    static MoveView view(MoveStatus status) {
        MovePlan plan = status.state().plan();
        Optional<Progress.DiskProgress> disk = status.disk().filter(d -> d.totalBytes() > 0);
        return new MoveView(
                plan.id(),
                plan.vm(),
                plan.source(),
                plan.target(),
                plan.verify(),
                status.state().phase().name(),
                status.totalMs(),
                disk.map(d -> (double) d.doneBytes() / d.totalBytes()),
                disk.filter(d -> status.state() instanceof State.Pulling && d.bytesPerSecond() > 0)
                        .map(d -> (double) (d.totalBytes() - d.doneBytes()) / d.bytesPerSecond()),
                status.state() instanceof State.Ended ended
                        ? Optional.of(outcome(ended.verdict()))
                        : Optional.empty());
    }

    private static MoveView.Outcome outcome(State.Verdict verdict) {
        return switch (verdict) {
            case State.Verdict.Moved(Active now) -> outcome("MOVED", now, Optional.empty());
            case State.Verdict.RolledBack(Active now, String why) ->
                    outcome("ROLLED_BACK", now, Optional.of(why));
            case State.Verdict.Superseded(Active now) ->
                    outcome("SUPERSEDED", now, Optional.empty());
        };
    }

    private static MoveView.Outcome outcome(String kind, Active now, Optional<String> why) {
        return new MoveView.Outcome(kind, now.host(), now.epoch(), why);
    }

    @Override
    public String start(MoveRequest request, Optional<String> key) throws InterruptedException {
        return key.isPresent()
                ? startOnce(request, Digests.sha256(key.get()))
                : moves.start(request.vm(), request.target(), request.verify(), Optional.empty());
    }

    private String startOnce(MoveRequest request, String hash) throws InterruptedException {
        Optional<Asked> before = store.key(hash).map(text -> Json.read(text, Asked.class));
        if (before.isPresent() && !before.get().request().equals(request)) {
            throw new KeyReused();
        }
        Asked asked = before.orElseGet(() -> first(request, hash));
        if (allMoves().stream().anyMatch(m -> m.id().equals(asked.move()))) {
            return asked.move();
        }
        try {
            return moves.startOnce(
                    asked.move(), request.vm(), request.target(), request.verify(), asked.epoch());
        } catch (NotLeading e) {
            throw e;
        } catch (HostFailure e) {
            if (before.isEmpty()) {
                moves.writes().removeKey(hash); // Nothing began; so it may be asked again.
            }
            throw e;
        }
    }

    private Asked first(MoveRequest request, String hash) {
        String id = UUID.nameUUIDFromBytes(hash.getBytes(StandardCharsets.US_ASCII)).toString();
        Asked asked = new Asked(request, id, moves.activeOf(request.vm()).epoch());
        moves.writes().putKey(hash, Json.text(asked));
        return asked;
    }

    @Override
    public void cancel(String move, String why) {
        moves.cancel(move, why);
    }

    @Override
    public byte[] scraped() {
        return metrics.text();
    }
}
