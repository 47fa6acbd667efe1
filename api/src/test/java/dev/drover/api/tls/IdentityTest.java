package dev.drover.api.tls;

import static dev.drover.api.tls.Subject.Role.CLIENT;
import static dev.drover.api.tls.Subject.Role.HOST;
import static dev.drover.api.tls.Subject.Role.MONITOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
    @TempDir private Path directory;

    @Test
    void anIssuedIdentityIsLoadedWithItsRoleAndName() throws IOException {
        CertificateAuthority authority = CertificateAuthority.create(directory.resolve("ca"));
        for (Subject subject :
                new Subject[] {
                    new Subject(MONITOR, "m1"),
                    new Subject(HOST, "rack-7.node-3"),
                    new Subject(CLIENT, "x".repeat(63))
                }) {
            Path mine = directory.resolve(subject.name());
            authority.issue(subject, mine);
            assertThat(Identity.load(mine).subject()).isEqualTo(subject);
        }
    }

    @Test
    void anOpenedAuthorityIssuesForTheSameCluster() throws IOException {
        CertificateAuthority.create(directory.resolve("ca"));
        Path mine = directory.resolve("a");
        CertificateAuthority.open(directory.resolve("ca")).issue(new Subject(HOST, "a"), mine);
        assertThat(Identity.load(mine).subject().name()).isEqualTo("a");
    }

    @Test
    void everyFileIsForItsOwnerOnly() throws IOException {
        CertificateAuthority.create(directory.resolve("ca"))
                .issue(new Subject(HOST, "a"), directory.resolve("a"));
        try (Stream<Path> files = Files.walk(directory).filter(Files::isRegularFile)) {
            assertThat(files)
                    .hasSize(2)
                    .allSatisfy(file ->
                            assertThat(Files.getPosixFilePermissions(file))
                                    .isEqualTo(PosixFilePermissions.fromString("rw-------")));
        }
    }

    @Test
    void anAuthorityIsNeverOverwritten() throws IOException {
        CertificateAuthority.create(directory);
        byte[] before = Files.readAllBytes(directory.resolve("authority.pem"));
        assertThatThrownBy(() -> CertificateAuthority.create(directory))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(directory.resolve("authority.pem")).hasBinaryContent(before);
    }

    @Test
    void anIdentityCanBeReplaced() throws IOException {
        CertificateAuthority authority = CertificateAuthority.create(directory.resolve("ca"));
        Path mine = directory.resolve("a");
        authority.issue(new Subject(HOST, "a"), mine);
        authority.issue(new Subject(HOST, "b"), mine);
        assertThat(Identity.load(mine).subject().name()).isEqualTo("b");
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        Path file = directory.resolve("identity.pem");
        Files.writeString(file, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> Identity.load(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("damaged");
    }

    @Test
    void aCertificateOfAnotherAuthorityDoesNotPass() throws IOException {
        var one = CertificateAuthority.create(directory.resolve("ca1"));
        var other = CertificateAuthority.create(directory.resolve("ca2"));
        one.issue(new Subject(HOST, "a"), directory.resolve("a"));
        other.issue(new Subject(HOST, "a"), directory.resolve("b"));
        String mine = Files.readString(directory.resolve("a/identity.pem"));
        String theirs = Files.readString(directory.resolve("b/identity.pem"));
        String end = "-----END CERTIFICATE-----\n";
        String mixed =
                mine.substring(0, mine.indexOf(end) + end.length())
                        + theirs.substring(theirs.indexOf(end) + end.length());
        Files.writeString(directory.resolve("a/identity.pem"), mixed);
        assertThatThrownBy(() -> Identity.load(directory.resolve("a")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be used");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a,OU=MONITOR", "-a", "ä", "a b", "a\nb", "a+b"})
    void aNameThatCouldBeReadAsAnotherSubjectIsRefused(String name) {
        assertThatThrownBy(() -> new Subject(HOST, name))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whereNoCertificateIsTheErrorSaysWhatToDo(@TempDir Path empty) {
        assertThatThrownBy(() -> Identity.load(empty))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("There is no certificate " + empty)
                .hasMessageContaining("have the cluster's authority issue one");
    }
}
