package dev.drover.monitor.rest;

import dev.drover.api.link.Json;
import dev.drover.api.rest.HostView;
import dev.drover.api.rest.MoveRequest;
import dev.drover.api.rest.MoveView;
import dev.drover.api.rest.Page;
import dev.drover.api.rest.Role;
import dev.drover.api.rest.VmView;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What can be asked, each in one line, and how it is answered. */
record Routes(Cluster cluster) {
    /** See https://prometheus.io/docs/instrumenting/exposition_formats. */
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    private static final int USUAL_LIMIT = 100;
    private static final int MOST = 1000;
    private static final int MOST_PATIENCE_SECONDS = 3600;
    private static final String USUAL_KEEP_SECONDS = String.valueOf(Duration.ofDays(7).toSeconds());

    List<Route> all() {
        return List.of(
                new Route("GET", "/v1/version", Role.VIEWER, false, _ -> version()),
                new Route("GET", "/v1/openapi.yaml", Role.VIEWER, false, _ -> openApi()),
                new Route("GET", "/v1/hosts", Role.VIEWER, true, this::hosts),
                new Route("GET", "/v1/hosts/{name}", Role.VIEWER, true, this::host),
                new Route("GET", "/v1/vms", Role.VIEWER, true, this::vms),
                new Route("GET", "/v1/vms/{name}", Role.VIEWER, true, this::vm),
                new Route("DELETE", "/v1/vms/{name}", Role.ADMIN, true, this::destroy),
                new Route("POST", "/v1/vms/{name}/wake", Role.OPERATOR, true, this::wake),
                new Route("POST", "/v1/vms/{name}/sleep", Role.OPERATOR, true, this::sleep),
                new Route("POST", "/v1/vms/{name}/stop", Role.OPERATOR, true, this::stop),
                new Route("GET", "/v1/moves", Role.VIEWER, true, this::moves),
                new Route("POST", "/v1/moves", Role.OPERATOR, true, this::start),
                new Route("GET", "/v1/moves/{id}", Role.VIEWER, true, this::move),
                new Route("POST", "/v1/moves/{id}/cancel", Role.OPERATOR, true, this::cancel),
                new Route("GET", "/v1/events", Role.VIEWER, true, this::events),
                new Route("GET", "/v1/metrics", Role.VIEWER, false, this::metrics));
    }

    private static Reply version() {
        String version = Routes.class.getPackage().getImplementationVersion();
        return Reply.json(
                200, Map.of("api", "v1", "drover", version == null ? "development" : version));
    }

    private static Reply openApi() throws IOException {
        try (InputStream file = Json.class.getResourceAsStream("/dev/drover/api/openapi.yaml")) {
            byte[] bytes = Objects.requireNonNull(file).readAllBytes();
            return new Reply(200, "application/yaml", Map.of(), bytes);
        }
    }

    private Reply hosts(Ask ask) {
        return page(ask, cluster.allHosts(), HostView::name);
    }

    private Reply host(Ask ask) {
        return Reply.json(200, named(cluster.allHosts(), HostView::name, "host", ask));
    }

    private Reply vms(Ask ask) {
        return page(ask, cluster.allVms(), VmView::name);
    }

    private Reply vm(Ask ask) {
        VmView vm = existing(ask);
        return Reply.json(200, vm).with("ETag", tag(vm));
    }

    private VmView existing(Ask ask) {
        String name = ask.path().getFirst();
        return cluster.vm(name).orElseThrow(() -> ProblemException.noSuch("VM", name));
    }

    private static String tag(VmView vm) {
        return '"' + Digests.sha256(Json.text(vm)).substring(0, 16) + '"';
    }

    /** The tag is compared just before, not in one transaction with the removal. */
    private Reply destroy(Ask ask) throws InterruptedException {
        Optional<Duration> keep = keep(ask);
        VmView vm = existing(ask);
        Optional<String> wanted = ask.header("if-match");
        boolean matches =
                wanted.isEmpty()
                        || Arrays.stream(wanted.get().split(",", -1))
                                .map(String::strip)
                                .anyMatch(t -> t.equals("*") || t.equals(tag(vm)));
        if (!matches) {
            throw new ProblemException(
                    412,
                    "VM '" + vm.name() + "' is not as If-Match says",
                    "It was changed since it was read",
                    "Read it again, and decide again");
        }
        cluster.destroy(vm.name(), keep);
        return Reply.nothing();
    }

    private static Optional<Duration> keep(Ask ask) {
        String text =
                ask.query(Set.of("keepSeconds")).getOrDefault("keepSeconds", USUAL_KEEP_SECONDS);
        if (!text.matches("[0-9]{1,9}")) {
            throw Ask.bad("keepSeconds is no number from 0 to 999999999", "Send one, or none");
        }
        return Optional.of(Duration.ofSeconds(Long.parseLong(text))).filter(d -> !d.isZero());
    }

    private Reply wake(Ask ask) throws InterruptedException {
        return Reply.json(200, Map.of("woken", cluster.wake(existing(ask).name())));
    }

    private Reply sleep(Ask ask) throws InterruptedException {
        cluster.sleep(existing(ask).name());
        return Reply.nothing();
    }

    private Reply stop(Ask ask) throws IOException, InterruptedException {
        var fields = ask.body(Set.of("patienceSeconds"));
        cluster.stop(
                existing(ask).name(),
                Duration.ofSeconds(Ask.number(fields, "patienceSeconds", MOST_PATIENCE_SECONDS)));
        return Reply.nothing();
    }

    private Reply moves(Ask ask) {
        return page(ask, cluster.allMoves(), MoveView::id);
    }

    private Reply move(Ask ask) {
        return Reply.json(200, named(cluster.allMoves(), MoveView::id, "move", ask));
    }

    private Reply start(Ask ask) throws IOException, InterruptedException {
        var fields = ask.body(Set.of("vm", "target", "verify"));
        MoveRequest request =
                new MoveRequest(
                        Ask.text(fields, "vm"),
                        Ask.text(fields, "target"),
                        Ask.flag(fields, "verify", true));
        Optional<String> key = ask.header("idempotency-key");
        if (key.isPresent() && (key.get().isBlank() || key.get().length() > 200)) {
            throw Ask.bad("The Idempotency-Key is empty or too long", "Use a UUID");
        }
        if (cluster.vm(request.vm()).isEmpty()) {
            throw ProblemException.noSuch("VM", request.vm());
        }
        if (cluster.allHosts().stream().noneMatch(h -> h.name().equals(request.target()))) {
            throw ProblemException.noSuch("host", request.target());
        }
        String id = cluster.start(request, key.map(k -> ask.caller() + "\n" + k));
        return Reply.json(202, Map.of("id", id)).with("Location", "/v1/moves/" + id);
    }

    private Reply cancel(Ask ask) {
        MoveView move = named(cluster.allMoves(), MoveView::id, "move", ask);
        if (move.outcome().isPresent()) {
            throw new ProblemException(
                    409,
                    "Move '" + move.id() + "' is over",
                    "It ended before it was cancelled",
                    "Move the VM again if it is where it should not be");
        }
        cluster.cancel(move.id(), "It was cancelled by " + ask.caller());
        return Reply.json(202, Map.of("id", move.id()));
    }

    private EventStream events(Ask ask) {
        ask.query(Set.of());
        return new EventStream(cluster.changes().watch());
    }

    private Reply metrics(Ask ask) {
        ask.query(Set.of());
        return new Reply(200, METRICS, Map.of(), cluster.scraped());
    }

    static <T> T named(List<T> all, Function<T, String> name, String what, Ask ask) {
        String wanted = ask.path().getFirst();
        return all.stream()
                .filter(t -> name.apply(t).equals(wanted))
                .findFirst()
                .orElseThrow(() -> ProblemException.noSuch(what, wanted));
    }

    static <T> Reply page(Ask ask, List<T> all, Function<T, String> name) {
        return Reply.json(200, cut(ask, all, name));
    }

    static <T> Page<T> cut(Ask ask, List<T> all, Function<T, String> name) {
        Map<String, String> query = ask.query(Set.of("limit", "after"));
        int limit = limit(query.getOrDefault("limit", Integer.toString(USUAL_LIMIT)));
        String after = query.getOrDefault("after", "");
        List<T> rest =
                all.stream()
                        .filter(t -> name.apply(t).compareTo(after) > 0)
                        .sorted(Comparator.comparing(name))
                        .limit(limit + 1L)
                        .toList();
        return rest.size() <= limit
                ? new Page<>(rest, Optional.empty())
                : new Page<>(rest.subList(0, limit), Optional.of(name.apply(rest.get(limit - 1))));
    }

    private static int limit(String text) {
        if (text.matches("[0-9]{1,4}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        }
        throw Ask.bad("The limit is no number from 1 to " + MOST, "Send one, or none");
    }
}
