package dev.drover.api.link;

import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.api.tls.Subject.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** An authority, and the identities of a monitor and two hosts. */
final class TestCluster {
    static final Subject MONITOR = new Subject(Role.MONITOR, "m");
    static final Subject A = new Subject(Role.HOST, "a");
    static final Subject B = new Subject(Role.HOST, "b");

    final Identity monitor;
    final Identity a;
    final Identity b;

    TestCluster(Path directory) throws IOException {
        CertificateAuthority authority = CertificateAuthority.create(directory.resolve("ca"));
        monitor = issue(authority, MONITOR, directory);
        a = issue(authority, A, directory);
        b = issue(authority, B, directory);
    }

    private static Identity issue(CertificateAuthority authority, Subject subject, Path directory)
            throws IOException {
        Path mine = directory.resolve(subject.name());
        authority.issue(subject, mine);
        return Identity.load(mine);
    }

    static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    static Function<Caller, Service> all(Service service) {
        return _ -> service;
    }

    /** Answers calls by this. */
    interface Answer {
        @Nullable Object to(Caller caller, String verb, JsonNode body) throws Exception;
    }

    /** Serves streams by this. */
    interface Handler {
        void serve(JsonNode header, InputStream in, OutputStream out) throws Exception;
    }

    static Service answering(Answer answer) {
        return new Service() {
            @Override
            public @Nullable Object answer(Caller caller, String verb, JsonNode body)
                    throws Exception {
                return answer.to(caller, verb, body);
            }

            @Override
            public void stream(
                    Caller caller,
                    String purpose,
                    JsonNode header,
                    InputStream in,
                    OutputStream out) {
                throw new UnsupportedOperationException();
            }
        };
    }

    static Service streaming(Handler handler) {
        return new Service() {
            @Override
            public @Nullable Object answer(Caller caller, String verb, JsonNode body) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void stream(
                    Caller caller,
                    String purpose,
                    JsonNode header,
                    InputStream in,
                    OutputStream out)
                    throws Exception {
                handler.serve(header, in, out);
            }
        };
    }
}
