package dev.drover.monitor.rest;

import dev.drover.api.rest.EvacuationView;
import dev.drover.api.rest.HostView;
import dev.drover.api.rest.Role;
import java.io.IOException;
import java.util.List;
import java.util.Map;
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
                        this::declareLost),
                new Route("POST", "/v1/hosts/{name}/evacuate", Role.OPERATOR, true, this::evacuate),
                new Route("GET", "/v1/evacuations", Role.VIEWER, true, this::evacuations),
                new Route("GET", "/v1/evacuations/{id}", Role.VIEWER, true, this::evacuation),
                new Route(
                        "POST", "/v1/evacuations/{id}/cancel", Role.OPERATOR, true, this::cancel));
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

    private Reply evacuate(Ask ask) {
        String id = cluster.hostVerbs().evacuate(existing(ask));
        return Reply.json(202, Map.of("id", id)).with("Location", "/v1/evacuations/" + id);
    }

    private Reply evacuations(Ask ask) {
        return Routes.page(ask, cluster.hostVerbs().evacuations(), EvacuationView::id);
    }

    private Reply evacuation(Ask ask) {
        return Reply.json(200, begun(ask));
    }

    private Reply cancel(Ask ask) {
        EvacuationView evacuation = begun(ask);
        if (evacuation.stage() != EvacuationView.Stage.RUNNING) {
            throw new ProblemException(
                    409,
                    "Evacuation '" + evacuation.id() + "' is over",
                    "It ended before it was cancelled",
                    "See what became of each VM");
        }
        cluster.hostVerbs()
                .cancelEvacuation(evacuation.id(), "It was cancelled by " + ask.caller());
        return Reply.json(202, Map.of("id", evacuation.id()));
    }

    private EvacuationView begun(Ask ask) {
        String id = ask.path().getFirst();
        return cluster.hostVerbs().evacuations().stream()
                .filter(e -> e.id().equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new ProblemException(
                                404,
                                "There is no evacuation '" + id + "'",
                                "It never was, or is forgotten: the last hundred are remembered",
                                "List those that there are"));
    }

    private String existing(Ask ask) {
        return Routes.named(cluster.allHosts(), HostView::name, "host", ask).name();
    }
}
