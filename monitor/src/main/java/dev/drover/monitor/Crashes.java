package dev.drover.monitor;

import dev.drover.api.Fault;
import dev.drover.api.MoveOrder;
import dev.drover.api.VmMessage;
import dev.drover.api.Wire;
import dev.drover.api.link.LinkException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Crashes on purpose, for demonstrations and tests. */
final class Crashes {
    private static final Logger LOG = LoggerFactory.getLogger(Crashes.class);

    private Crashes() {}

    /** Kills one who has to do with a move; of the monitor this does not return. */
    static void strike(Hosts hosts, MoveOrder order, Fault.Victim victim) {
        LOG.warn("Killing {} on purpose", victim.label());
        String source = order.source().name();
        String target = order.target().name();
        VmMessage qemu = new VmMessage.KillQemu(order.vm().name());
        switch (victim) {
            case SOURCE_AGENT -> kill(hosts, source, new VmMessage.Die());
            case TARGET_AGENT -> kill(hosts, target, new VmMessage.Die());
            case SOURCE_QEMU -> kill(hosts, source, qemu);
            case TARGET_QEMU -> kill(hosts, target, qemu);
            case SOURCE_HOST -> {
                kill(hosts, source, qemu);
                kill(hosts, source, new VmMessage.Die());
            }
            case TARGET_HOST -> {
                kill(hosts, target, qemu);
                kill(hosts, target, new VmMessage.Die());
            }
            case MONITOR -> Runtime.getRuntime().halt(137);
            case MOVE -> throw new IllegalArgumentException("A move is cancelled, not killed");
        }
    }

    private static void kill(Hosts hosts, String host, VmMessage how) {
        try {
            hosts.link(host).peer().call(Wire.verb((Record) how), how, Void.class);
        } catch (LinkException e) {
            LOG.warn("Nobody was killed, or it cannot say so: {}", e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
