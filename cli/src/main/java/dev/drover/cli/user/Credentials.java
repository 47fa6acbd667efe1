package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.cli.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;

/**
 * By what a user is known to a cluster, and knows it: a certificate, in a directory, or a bearer
 * token, in a file.
 *
 * @param tls that trusts the cluster's monitors, and nobody else
 * @param token to send with each request
 * @param authority certificate of the cluster's, PEM
 */
record Credentials(SSLContext tls, Optional<String> token, String authority) {
    /**
     * What is in a file of a token.
     *
     * @param authority certificate of the cluster's, PEM
     */
    record TokenFile(String token, String authority) {
        /** Throws {@link IllegalArgumentException} when it is none. */
        static TokenFile read(Path file) throws IOException {
            JsonNode tree = Json.read(Files.readAllBytes(file), JsonNode.class);
            if (!tree.path("token").isString() || !tree.path("authority").isString()) {
                throw new IllegalArgumentException("There is no token in " + file);
            }
            return new TokenFile(
                    tree.path("token").stringValue(), tree.path("authority").stringValue());
        }
    }

    /**
     * Reads either.
     *
     * @throws BadInput when a file is none of a token
     */
    static Credentials load(Path identity) throws IOException {
        if (!Files.isRegularFile(identity)) {
            Identity mine = Identity.load(identity);
            return new Credentials(
                    mine.contextAmong(Subject.Role.MONITOR), Optional.empty(), mine.authority());
        }
        try {
            TokenFile file = TokenFile.read(identity);
            return new Credentials(
                    Identity.anonymous(file.authority(), Subject.Role.MONITOR),
                    Optional.of(file.token()),
                    file.authority());
        } catch (IllegalArgumentException e) {
            throw new BadInput(
                    identity + " is no file of a token, as 'drover token create' writes it");
        }
    }
}
