package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityCommandTest {
    @TempDir private Path temp;

    /** What it says, on both streams. */
    private String run(int status, String... words) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        assertThat(Main.commandLine().setOut(out).setErr(out).execute(words))
                .as("%s: %s", List.of(words), said)
                .isEqualTo(status);
        return said.toString();
    }

    private String issue(int status, String... whom) {
        String[] words = {
            "authority", "issue", "--authority=" + temp.resolve("ca"), "--out=" + temp.resolve("id")
        };
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(whom));
        return run(status, all.toArray(String[]::new));
    }

    @Test
    void oneAuthorityIssuesForAll() throws Exception {
        assertThat(issue(2, "--monitor")).contains("There is no authority in", "authority create");
        String[] create = {"authority", "create", "--authority=" + temp.resolve("ca")};
        run(0, create);
        assertThat(run(2, create)).contains("already; it is left as it is");
        assertThat(issue(0, "--monitor")).contains("a certificate of monitor 'monitor'");
        assertThat(issue(0, "--host=node1")).contains("host 'node1'");
        assertThat(Identity.load(temp.resolve("id")).subject()).isEqualTo(Subject.host("node1"));
        assertThat(issue(0, "--user=ann")).contains("client 'ann'");
        assertThat(issue(2)).contains("--monitor | --host=NAME | --user=NAME");
        assertThat(issue(2, "--host=a", "--user=b")).contains("mutually exclusive");
        assertThat(issue(2, "--host=a b")).contains("1 to 63 letters");
    }
}
