package dev.drover.monitor;

import dev.drover.api.MoveStatus;
import dev.drover.api.Wanted;
import dev.drover.engine.PhaseTime;
import dev.drover.engine.SourceFigures;
import dev.drover.engine.TargetFigures;
import dev.drover.protocol.State;
import dev.drover.store.StoreException;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this monitor counts, for Prometheus: docs/metrics.md says what each is. Moves are counted
 * when they end, by the monitor that led then. Any thread.
 */
final class Metrics {
    private static final Logger LOG = LoggerFactory.getLogger(Metrics.class);

    private static final double[] PAUSE_SECONDS = {
        0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30
    };
    private static final double[] PHASE_SECONDS = {
        0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200
    };
    private static final double[] MOVE_SECONDS = {
        1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 14400
    };

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter moves = labelled("drover_moves", "Moves that ended", "outcome");
    private final Histogram moveSeconds =
            histogram("drover_move_seconds", "From its beginning to its end", MOVE_SECONDS)
                    .register(registry);
    private final Histogram phaseSeconds =
            histogram("drover_move_phase_seconds", "Time in a phase", PHASE_SECONDS)
                    .labelNames("phase")
                    .register(registry);
    private final Histogram pauseSeconds =
            histogram("drover_move_pause_seconds", "From stop to resume", PAUSE_SECONDS)
                    .register(registry);
    private final Counter bytes = labelled("drover_move_bytes", "Read for moves", "kind");
    private final Counter held = counter("drover_move_packets_held", "Captured by sources' gates");
    private final Counter lost = counter("drover_move_packets_lost", "Captured, not delivered");
    private final Counter booted = counter("drover_move_cold_boots", "Guests booted anew");
    private final Counter compared = labelled("drover_move_volumes_compared", "Pairs", "identical");

    Metrics() {
        Stream.of("moved", "rolled_back", "superseded").forEach(moves::initLabelValues);
        Stream.of("disk", "memory").forEach(bytes::initLabelValues);
        Stream.of("true", "false").forEach(compared::initLabelValues);
    }

    private Counter counter(String name, String help) {
        return Counter.builder().name(name).help(help).register(registry);
    }

    private Counter labelled(String name, String help, String label) {
        return Counter.builder().name(name).help(help).labelNames(label).register(registry);
    }

    private static Histogram.Builder histogram(String name, String help, double[] seconds) {
        return Histogram.builder().name(name).help(help).classicOnly().classicUpperBounds(seconds);
    }

    /** From now on it tells of the cluster, too, while this monitor leads. */
    void of(Inventory inventory, Hosts hosts, Moves running) {
        gauge("drover_leading", "Whether this monitor leads")
                .callback(now -> now.call(running.leads() ? 1 : 0))
                .register(registry);
        gauge("drover_moves_running", "Moves under way")
                .callback(now -> {
                    if (running.leads()) {
                        now.call(running.known().countUnderWay());
                    }
                })
                .register(registry);
        gauge("drover_hosts", "Hosts of the cluster")
                .labelNames("connected")
                .callback(now -> {
                    if (running.leads()) {
                        int connected = hosts.connected().size();
                        now.call(connected, "true");
                        now.call(hosts.countKnown() - connected, "false");
                    }
                })
                .register(registry);
        gauge("drover_vms", "VMs of the cluster")
                .labelNames("wanted")
                .callback(now -> {
                    if (running.leads()) {
                        vms(inventory, now);
                    }
                })
                .register(registry);
    }

    private static GaugeWithCallback.Builder gauge(String name, String help) {
        return GaugeWithCallback.builder().name(name).help(help);
    }

    private static void vms(Inventory inventory, GaugeWithCallback.Callback now) {
        try {
            Map<Wanted, Integer> counts = new EnumMap<>(Wanted.class);
            inventory.all().forEach(vm -> counts.merge(vm.stored().wanted(), 1, Integer::sum));
            for (Wanted wanted : Wanted.values()) {
                now.call(counts.getOrDefault(wanted, 0), lower(wanted));
            }
        } catch (StoreException e) {
            LOG.debug("How many VMs there are is not known", e);
        }
    }

    /** A move has ended. */
    void ended(MoveStatus status) {
        if (!(status.state() instanceof State.Ended(_, _, State.Verdict verdict))) {
            return;
        }
        moves.labelValues(outcome(verdict)).inc();
        moveSeconds.observe(status.totalMs() / 1e3);
        for (PhaseTime phase : status.phases()) {
            phaseSeconds.labelValues(lower(phase.name())).observe(phase.tookMs() / 1e3);
        }
        SourceFigures source = status.source().orElse(SourceFigures.NONE);
        TargetFigures target = status.target().orElse(TargetFigures.NONE);
        long until = Math.max(target.resumeMicros(), source.resumedMicros());
        if (source.stopMicros() != 0 && until >= source.stopMicros()) {
            pauseSeconds.observe((until - source.stopMicros()) / 1e6);
        }
        bytes.labelValues("disk").inc(target.pulledBytes());
        bytes.labelValues("memory").inc(source.memorySentBytes());
        held.inc(source.heldFrames());
        lost.inc(source.lostFrames() + target.lostFrames());
        if (source.bootedAnew() || target.coldBoot()) {
            booted.inc();
        }
        status.verification()
                .ifPresent(v -> compared.labelValues(Boolean.toString(v.identical())).inc());
    }

    private static String outcome(State.Verdict verdict) {
        return switch (verdict) {
            case State.Verdict.Moved _ -> "moved";
            case State.Verdict.RolledBack _ -> "rolled_back";
            case State.Verdict.Superseded _ -> "superseded";
        };
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** All of it, in the text format of Prometheus, version 0.0.4. */
    byte[] text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create()
                    .write(out, registry.scrape(), EscapingScheme.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is none in memory
        }
        return out.toByteArray();
    }
}
