package dev.drover.store;

import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The ZooKeeper servers of several monitors that keep one store; any majority of them goes on. They
 * talk to each other by TLS only.
 *
 * @param self the number of this one among the members, from 1; the same for ever
 * @param members all of them, in the same order everywhere: three or five
 */
public record Ensemble(int self, List<Member> members) {
    /**
     * One of the servers.
     *
     * @param host address at which the others reach it
     * @param port for what is agreed on; the next one serves to elect
     */
    public record Member(String host, int port) {}

    /** Throws {@link IllegalArgumentException} that says what is wrong. */
    public Ensemble {
        members = List.copyOf(members);
        if (members.size() != 3 && members.size() != 5) {
            throw new IllegalArgumentException(
                    "An ensemble has 3 or 5 monitors, of which 1 or 2 may fail, not "
                            + members.size());
        }
        if (self < 1 || self > members.size()) {
            throw new IllegalArgumentException("There is no member " + self + " of " + members);
        }
    }

    /**
     * How its servers prove to each other who they are. Once in a process, before the first starts.
     *
     * @param context that trusts monitors and nobody else, for both ends
     */
    public static void secure(SSLContext context) {
        Tls.context = context;
    }

    /** What ZooKeeper makes for itself, by its name (X509Util, ssl.context.supplier.class). */
    public static final class Tls implements Supplier<SSLContext> {
        private static volatile @Nullable SSLContext context;

        @Override
        public SSLContext get() {
            return Objects.requireNonNull(context, "Ensemble.secure comes first");
        }
    }

    private static String bracketed(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    void configure(Properties properties) {
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            properties.setProperty(
                    "server." + (i + 1),
                    "%s:%d:%d"
                            .formatted(bracketed(member.host()), member.port(), member.port() + 1));
        }
        // In ticks: to join, and to hear from the leader.
        properties.setProperty("initLimit", "20");
        properties.setProperty("syncLimit", "6");
        properties.setProperty("sslQuorum", "true");
        properties.setProperty("ssl.quorum.clientAuth", "need");
        properties.setProperty("ssl.quorum.enabledProtocols", "TLSv1.3");
        properties.setProperty("ssl.quorum.context.supplier.class", Tls.class.getName());
    }
}
