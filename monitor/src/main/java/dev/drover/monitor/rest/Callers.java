package dev.drover.monitor.rest;

import dev.drover.api.rest.Role;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.Optional;

/**
 * Who asks: whom a bearer token names, else whom the client's certificate does. A certificate of a
 * user makes an administrator; those of hosts and monitors give no right here.
 */
record Callers(Cluster cluster) {
    /** Somebody who was recognised. */
    record Caller(String name, Role role) {}

    Caller recognise(Optional<String> authorization, Optional<Certificate[]> certificates) {
        Optional<Caller> caller =
                authorization.isPresent()
                        ? byToken(authorization.get())
                        : certificates
                                .flatMap(c -> Identity.subjectOf(c[0]))
                                .filter(s -> s.role() == Subject.Role.CLIENT)
                                .map(s -> new Caller("certificate " + s.name(), Role.ADMIN));
        return caller.orElseThrow(() ->
                new ProblemException(
                        401,
                        "Nobody may ask this without a name",
                        "There is neither a valid bearer token nor a user's certificate",
                        "Send a token, or use a certificate of the cluster's authority"));
    }

    /** All tokens are compared, each in constant time. */
    private Optional<Caller> byToken(String authorization) {
        if (!authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return Optional.empty();
        }
        byte[] sha256 = bytes(Digests.sha256(authorization.substring(7).strip()));
        Optional<Caller> found = Optional.empty();
        for (Map.Entry<String, Cluster.Token> token : cluster.tokens().entrySet()) {
            if (MessageDigest.isEqual(sha256, bytes(token.getValue().sha256()))) {
                found = Optional.of(new Caller("token " + token.getKey(), token.getValue().role()));
            }
        }
        return found;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
