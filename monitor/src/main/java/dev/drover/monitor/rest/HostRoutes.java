package dev.drover.monitor.rest;

import dev.drover.api.rest.HostView;
import dev.drover.api.rest.Role;
import java.util.List;

/** What can be asked for a host as a whole, each in one line, and how it is answered. */
record HostRoutes(Cluster cluster) {
    List<Route> all() {
        return List.of(
                new Route("POST", "/v1/hosts/{name}/cordon", Role.OPERATOR, true, this::cordon),
                new Route(
                        "POST", "/v1/hosts/{name}/uncordon", Role.OPERATOR, true, this::uncordon));
    }

    private Reply cordon(Ask ask) {
        cluster.hostVerbs().cordon(existing(ask));
        return Reply.nothing();
    }

    private Reply uncordon(Ask ask) {
        cluster.hostVerbs().uncordon(existing(ask));
        return Reply.nothing();
    }

    private String existing(Ask ask) {
        return Routes.named(cluster.allHosts(), HostView::name, "host", ask).name();
    }
}
