package dev.drover.monitor.rest;

import dev.drover.api.rest.AdditionView;
import dev.drover.api.rest.ImageView;
import dev.drover.api.rest.Role;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Base images, that the disks of VMs begin as copies of. */
record ImageRoutes(Cluster cluster) {
    private static final String BYTES = "application/octet-stream";
    private static final String NAMES = "[A-Za-z0-9][A-Za-z0-9._+-]{0,63}";

    List<Route> all() {
        return List.of(
                new Route("GET", "/v1/images", Role.VIEWER, true, this::images),
                new Route("GET", "/v1/images/{name}", Role.VIEWER, true, this::image),
                Route.ofAnyLength("POST", "/v1/images", Role.OPERATOR, this::add),
                new Route("DELETE", "/v1/images/{name}", Role.ADMIN, true, this::remove));
    }

    private Reply images(Ask ask) {
        return Routes.page(ask, cluster.images().all(), ImageView::name);
    }

    private Reply image(Ask ask) {
        return Reply.json(200, existing(ask));
    }

    private ImageView existing(Ask ask) {
        return Routes.named(cluster.images().all(), ImageView::name, "base image", ask);
    }

    private Reply add(Ask ask) throws IOException {
        Map<String, String> query = ask.query(Set.of("name", "sha256"));
        String name = query.getOrDefault("name", "");
        if (!name.matches(NAMES)) {
            throw Ask.bad(
                    "'" + name + "' is no name",
                    "Use 1 to 64 letters, digits, or ., _, +, -, a letter or digit first");
        }
        String sha256 = query.getOrDefault("sha256", "");
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw Ask.bad("sha256 is '" + sha256 + "'", "Send what sha256sum says of the file");
        }
        ask.checkType(Set.of(BYTES));
        long length =
                ask.length()
                        .orElseThrow(() ->
                                new ProblemException(
                                        411,
                                        "The length of the file is not known",
                                        "A host must see whether it has room",
                                        "Send a Content-Length"));
        try {
            AdditionView added = cluster.images().add(name, sha256, length, ask.content());
            return Reply.json(added.added() ? 201 : 200, added)
                    .with("Location", "/v1/images/" + name);
        } catch (IOException e) {
            throw Ask.bad("The file did not come whole: " + e.getMessage(), "Send it again");
        }
    }

    private Reply remove(Ask ask) throws InterruptedException {
        cluster.images().remove(existing(ask).name());
        return Reply.nothing();
    }
}
