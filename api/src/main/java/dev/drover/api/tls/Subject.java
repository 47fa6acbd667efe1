package dev.drover.api.tls;

import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/**
 * Whom a certificate speaks for. Written into its subject as {@code CN=name,OU=ROLE,O=Drover}.
 *
 * @param role what its holder is in the cluster
 * @param name of letters, digits, dots and hyphens, 1 to 63 characters (a common name has at most
 *     64, ub-common-name of RFC 5280, appendix A.1)
 */
public record Subject(Role role, String name) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,62}");
    private static final Pattern WRITTEN =
            Pattern.compile("CN=(" + NAME + "),OU=(MONITOR|HOST|CLIENT),O=Drover");

    /** What the holder of a certificate may be. */
    public enum Role {
        /** A cluster monitor. */
        MONITOR,
        /** A host's agent. */
        HOST,
        /** A person or program that uses the cluster. */
        CLIENT
    }

    /** Throws {@link IllegalArgumentException} for a name that is none. */
    public Subject {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "A name in a certificate is 1 to 63 letters, digits, dots or hyphens, not '"
                            + name
                            + "'");
        }
    }

    /** The cluster monitor: all monitors of a cluster are one to those who call them. */
    public static Subject monitor() {
        return new Subject(Role.MONITOR, "monitor");
    }

    /** The agent of a host. */
    public static Subject host(String name) {
        return new Subject(Role.HOST, name);
    }

    /** A user, or a program of theirs. */
    public static Subject client(String name) {
        return new Subject(Role.CLIENT, name);
    }

    /** Reads the subject of a certificate; empty when it is not one of Drover's. */
    static Optional<Subject> of(X509Certificate certificate) {
        // RFC 2253 prints the most specific part first.
        String written = certificate.getSubjectX500Principal().getName(X500Principal.RFC2253);
        Matcher matcher = WRITTEN.matcher(written);
        return matcher.matches()
                ? Optional.of(new Subject(Role.valueOf(matcher.group(2)), matcher.group(1)))
                : Optional.empty();
    }

    X500Principal principal() {
        return new X500Principal("CN=" + name + ",OU=" + role + ",O=Drover");
    }

    /** For messages: {@code host 'a'}. */
    @Override
    public String toString() {
        return role.name().toLowerCase(Locale.ROOT) + " '" + name + "'";
    }
}
