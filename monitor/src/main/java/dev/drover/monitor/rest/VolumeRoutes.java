package dev.drover.monitor.rest;

import dev.drover.api.rest.Page;
import dev.drover.api.rest.Role;
import dev.drover.api.rest.VolumePage;
import dev.drover.api.rest.VolumeView;
import java.util.List;

/** The volumes that are kept of destroyed VMs. */
record VolumeRoutes(Cluster cluster) {
    List<Route> all() {
        return List.of(
                new Route("GET", "/v1/volumes", Role.VIEWER, true, this::volumes),
                new Route("DELETE", "/v1/volumes/{id}", Role.ADMIN, true, this::remove));
    }

    private Reply volumes(Ask ask) throws InterruptedException {
        VolumeVerbs.Kept kept = cluster.volumes().all();
        Page<VolumeView> page = Routes.cut(ask, kept.volumes(), VolumeView::id);
        return Reply.json(200, new VolumePage(page.items(), page.next(), kept.away()));
    }

    private Reply remove(Ask ask) throws InterruptedException {
        String id = ask.path().getFirst();
        VolumeVerbs.Kept kept = cluster.volumes().all();
        VolumeView volume =
                kept.volumes().stream()
                        .filter(v -> v.id().equals(id))
                        .findFirst()
                        .orElseThrow(() -> noSuch(id, kept.away()));
        cluster.volumes().remove(volume);
        return Reply.nothing();
    }

    private static ProblemException noSuch(String id, List<String> away) {
        return new ProblemException(
                404,
                "No host that answers keeps a volume '" + id + "'",
                "It never was, or was removed"
                        + (away.isEmpty() ? "" : ", or is on a host that is away: " + away),
                "List those that there are");
    }
}
