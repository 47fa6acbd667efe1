package dev.drover.monitor.rest;

import dev.drover.api.rest.HostView;
import dev.drover.api.rest.Role;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** What can be asked for a host as a whole, each in one line, and how it is answered. */
record HostRoutes(Cluster cluster) {
    List<Route> all() {
        return List.of(
                new Route("POST", "/v1/hosts/{name}/cordon", Role.OPERATOR, true, this::cordon),
                new Route("POST", "/v1/hosts/{name}/uncordon", Role.OPERATOR, true, this::uncordon),
                new Route(
                        "POST",
                        "/v1/hosts/{name}/declare-lost",
                        Role.ADMIN,
                        true,
                        this::declareLost));
    }

    private Reply cordon(Ask ask) {
        cluster.hostVerbs().cordon(existing(ask));
        return Reply.nothing();
    }

    private Reply uncordon(Ask ask) {
        cluster.hostVerbs().uncordon(existing(ask));
        return Reply.nothing();
    }

    private Reply declareLost(Ask ask) throws IOException, InterruptedException {
        String host = existing(ask);
        var fields = ask.body(Set.of("confirm"));
        if (!fields.containsKey("confirm") || !Ask.text(fields, "confirm").equals(host)) {
            throw new ProblemException(
                    400,
                    "Host '" + host + "' was not declared lost: its name was not confirmed",
                    "Its VMs would be lost, and it could never take part again",
                    "If the host is destroyed or powered off for good, send {\"confirm\": \""
                            + host
                            + "\"}");
        }
        return Reply.json(200, cluster.hostVerbs().declareLost(host));
    }

    private String existing(Ask ask) {
        return Routes.named(cluster.allHosts(), HostView::name, "host", ask).name();
    }
}
