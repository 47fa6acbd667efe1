package dev.drover.monitor;

import dev.drover.api.KeptVolume;
import dev.drover.api.VmMessage;
import dev.drover.api.Wire;
import dev.drover.api.link.LinkException;
import dev.drover.api.rest.HostView;
import dev.drover.api.rest.VolumeView;
import dev.drover.engine.HostFailure;
import dev.drover.monitor.rest.VolumeVerbs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the hosts keep of destroyed VMs: they are asked, all at once; nothing is stored. */
record KeptVolumes(Hosts hosts, Moves moves) implements VolumeVerbs {
    private static final Logger LOG = LoggerFactory.getLogger(KeptVolumes.class);

    /** A host that is slower is away; users wait 10 s for a list. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Override
    public Kept all() throws InterruptedException {
        Map<String, Future<Optional<List<VolumeView>>>> asked = new TreeMap<>();
        List<VolumeView> volumes = new ArrayList<>();
        List<String> away = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            hosts.all().stream()
                    .filter(host -> !host.lost())
                    .map(HostView::name)
                    .forEach(host -> asked.put(host, threads.submit(() -> ask(host))));
            for (var answer : asked.entrySet()) {
                answer.getValue()
                        .get()
                        .ifPresentOrElse(volumes::addAll, () -> away.add(answer.getKey()));
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return new Kept(volumes, away);
    }

    private Optional<List<VolumeView>> ask(String host) throws InterruptedException {
        VmMessage.AskKept question = new VmMessage.AskKept();
        try {
            return Optional.of(
                    hosts
                            .connected(host)
                            .peer()
                            .call(
                                    Wire.verb(question),
                                    question,
                                    VmMessage.KeptAnswer.class,
                                    PATIENCE)
                            .volumes()
                            .stream()
                            .map(volume -> view(host, volume))
                            .toList());
        } catch (HostFailure | LinkException e) {
            LOG.info("What host {} keeps is not known: {}", host, e.getMessage());
            return Optional.empty();
        }
    }

    private static VolumeView view(String host, KeptVolume volume) {
        return new VolumeView(
                volume.id(),
                volume.vm(),
                host,
                volume.format(),
                volume.diskBytes(),
                volume.allocatedBytes(),
                volume.path(),
                volume.destroyed(),
                volume.until());
    }

    @Override
    public void remove(VolumeView volume) throws InterruptedException {
        var order = new VmMessage.RemoveKept(moves.writes().term(), volume.id());
        Void _ = hosts.connected(volume.host()).peer().call(Wire.verb(order), order, Void.class);
    }
}
