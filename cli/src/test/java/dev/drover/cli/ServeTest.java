package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service that cannot listen ends with status 2 and one clear message; nothing is changed. */
@Timeout(60)
class ServeTest {
    private static final String NOT_OURS = "192.0.2.1"; // for documentation: RFC 5737

    @TempDir private Path state;

    private String refused(String... words) {
        StringWriter errors = new StringWriter();
        List<String> all = new ArrayList<>(List.of("serve"));
        all.addAll(List.of(words));
        all.add("--state-dir=" + state.resolve("state"));
        all.add("--identity=" + state.resolve("identity"));
        int status =
                Main.commandLine()
                        .setErr(new PrintWriter(errors))
                        .execute(all.toArray(String[]::new));
        assertThat(status).as("%s", errors).isEqualTo(2);
        assertThat(errors.toString().lines()).hasSize(1);
        assertThat(state).isEmptyDirectory();
        return errors.toString();
    }

    private String refusedHost(String listen) {
        return refused("host", "--name=h1", "--monitor=127.0.0.1:7400", "--listen=" + listen);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | agents and users   | --listen",
                "1 | the other monitors | --listen and --peers",
                "2 | the other monitors | --listen and --peers",
                "3 | REST               | --api"
            })
    void aPortOfAMonitorThatIsInUseIsRefused(int after, String users, String option)
            throws IOException {
        int first = freePorts(4);
        int taken = first + after;
        try (ServerSocket _ = listenAt(taken)) {
            String peers = "127.0.0.1:%d,127.0.0.2:%1$d,127.0.0.3:%1$d".formatted(first);
            assertThat(refused("monitor", "--listen=127.0.0.1:" + first, "--peers=" + peers))
                    .startsWith("Cannot listen at 127.0.0.1:" + taken + " for " + users)
                    .contains("in use", "'sport = :" + taken + "'", "another with " + option);
        }
    }

    @Test
    void thePortOfAHostThatIsInUseIsRefused() throws IOException {
        String here = "127.0.0.2";
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(here))) {
            String address = here + ":" + taken.getLocalPort();
            assertThat(refusedHost(address))
                    .startsWith("Cannot listen at " + address + " for other agents")
                    .contains("in use", "another with --listen");
        }
    }

    @Test
    void anAddressOfAnotherMachineIsRefused() {
        String[] said = {
            refusedHost(NOT_OURS + ":7500"),
            refused("monitor", "--listen=" + NOT_OURS + ":7400"),
            refused("monitor", "--listen=127.0.0.1:0", "--api=" + NOT_OURS + ":7403")
        };
        assertThat(said).allMatch(s -> s.contains("this machine has no such address"));
        String tooLong = "x".repeat(64);
        assertThat(refusedHost(tooLong + ":7500")).contains("cannot be resolved");
    }

    @Test
    void onePortForTwoPurposesIsRefused() throws IOException {
        String address = "127.0.0.1:" + freePorts(1);
        assertThat(refused("monitor", "--listen=" + address, "--api=" + address))
                .contains("it is for agents and users already", "--api");
    }

    /** The first of so many in a row. */
    private static int freePorts(int inARow) throws IOException {
        int first = 21_000; // below those that the kernel gives to anybody
        for (int port = first; port < first + inARow; port++) {
            try (ServerSocket _ = listenAt(port)) {
                // It could be had.
            } catch (BindException _) {
                first = port + 1;
            }
        }
        return first;
    }

    private static ServerSocket listenAt(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }
}
