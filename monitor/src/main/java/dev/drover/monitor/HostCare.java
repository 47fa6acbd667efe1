package dev.drover.monitor;

import dev.drover.api.rest.EvacuationView;
import dev.drover.api.rest.Loss;
import dev.drover.monitor.rest.HostVerbs;
import java.util.List;

/** What users decide of hosts: written down first, then heeded by this leader. Any thread. */
record HostCare(Hosts hosts, Moves moves, LostHosts lostHosts, Evacuations begun)
        implements HostVerbs {
    @Override
    public synchronized void cordon(String host) {
        moves.writes().cordon(host);
        hosts.cordon(host);
    }

    @Override
    public synchronized void uncordon(String host) {
        moves.writes().uncordon(host);
        hosts.uncordon(host);
    }

    @Override
    public Loss declareLost(String host) throws InterruptedException {
        return new Loss(host, lostHosts.declare(host));
    }

    @Override
    public String evacuate(String host) {
        hosts.refuseLost(host);
        cordon(host);
        return begun.start(host);
    }

    @Override
    public List<EvacuationView> evacuations() {
        return begun.views();
    }

    @Override
    public void cancelEvacuation(String id, String why) {
        begun.cancel(id, why);
    }
}
