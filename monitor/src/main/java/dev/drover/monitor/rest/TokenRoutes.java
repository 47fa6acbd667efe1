package dev.drover.monitor.rest;

import dev.drover.api.rest.Role;
import dev.drover.api.rest.TokenView;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Bearer tokens, for those who have no certificate: of the token itself only a hash is kept. */
record TokenRoutes(Cluster cluster) {
    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String NAMES = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

    List<Route> all() {
        return List.of(
                new Route("GET", "/v1/tokens", Role.ADMIN, true, this::tokens),
                new Route("POST", "/v1/tokens", Role.ADMIN, true, this::create),
                new Route("DELETE", "/v1/tokens/{name}", Role.ADMIN, true, this::remove));
    }

    private Reply tokens(Ask ask) {
        List<TokenView> all =
                cluster.tokens().entrySet().stream()
                        .map(t -> new TokenView(t.getKey(), t.getValue().role(), Optional.empty()))
                        .toList();
        return Routes.page(ask, all, TokenView::name);
    }

    private Reply create(Ask ask) throws IOException {
        var fields = ask.body(Set.of("name", "role"));
        String name = Ask.text(fields, "name");
        if (!name.matches(NAMES)) {
            throw Ask.bad(
                    "'" + name + "' is no name",
                    "Use 1 to 64 letters, digits, or . _ -, a letter or digit first");
        }
        Role role = role(Ask.text(fields, "role"));
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        if (!cluster.addToken(name, new Cluster.Token(Digests.sha256(token), role))) {
            throw new ProblemException(
                    409,
                    "There is a token of '" + name + "' already",
                    "It would not be valid any more",
                    "Remove that one first, or use another name");
        }
        return Reply.json(201, new TokenView(name, role, Optional.of(token)));
    }

    private static Role role(String text) {
        return Arrays.stream(Role.values())
                .filter(role -> role.name().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        Ask.bad(
                                "'" + text + "' is no role",
                                "Use one of " + List.of(Role.values())));
    }

    private Reply remove(Ask ask) {
        String name = ask.path().getFirst();
        if (!cluster.tokens().containsKey(name)) {
            throw ProblemException.noSuch("token of", name);
        }
        cluster.removeToken(name);
        return Reply.nothing();
    }
}
