package dev.drover.cli.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.HostCapacity;
import dev.drover.api.link.Json;
import dev.drover.api.rest.HostView;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class UserCommandsTest {
    @Command(name = "drover")
    private static final class Drover {}

    @Command(name = "look")
    private static final class Looking {
        @Mixin private final Output output = new Output();
    }

    private static CommandLine drover() {
        CommandLine drover = new CommandLine(new Drover());
        UserCommands.addTo(drover);
        return drover.setCaseInsensitiveEnumValuesAllowed(true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "move web1           | Missing required option: '--to=HOST'",
                "create              | Missing required parameter: 'FILE'",
                "wake                | Missing required parameter: 'VM'",
                "image               | Missing required subcommand",
                "image add           | Missing required parameter: 'FILE'",
                "token create ann    | Missing required options",
                "list surplus        | Unmatched argument",
                "list -o xml         | expected one of [TABLE, WIDE, JSON, YAML]",
                "host                | Missing required subcommand",
                "destroy x --keep-for 7  | is no time; write for example 12h or 7d",
                "destroy x --keep-for 0d | is no time; write for example 12h or 7d",
                "volume              | Missing required subcommand",
                "volume remove       | Missing required parameter: 'ID'",
                "context add lab     | Missing required options",
            })
    void badInputIsRefused(String words, String message) {
        StringWriter errors = new StringWriter();
        CommandLine drover = drover().setErr(new PrintWriter(errors));
        assertThat(drover.execute(words.split(" +", -1))).isEqualTo(2);
        assertThat(errors.toString()).contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"destroy x", "destroy x --now", "volume remove x"})
    void whatRemovesDataAsksFirst(String words) {
        StringWriter errors = new StringWriter();
        CommandLine drover = drover().setErr(new PrintWriter(errors));
        assertThat(drover.execute(words.split(" ", -1))).isNotZero();
        assertThat(errors.toString()).contains("asks first, and nobody is there to answer");
    }

    @ParameterizedTest
    @CsvSource({"30s, 30, 30 s", "90m, 5400, 90 min", "24h, 86400, 1 d", "7D, 604800, 7 d"})
    void aTimeIsReadAsPeopleWriteIt(String text, long seconds, String said) {
        Duration time = new Times().convert(text);
        assertThat(time.toSeconds()).isEqualTo(seconds);
        assertThat(Times.inWords(time)).isEqualTo(said);
    }

    @Test
    void aTableIsAsWideAsItMustBe() {
        assertThat(
                        Table.lines(
                                List.of("NAME", "X"),
                                List.of(List.of("a", "b"), List.of("longer", "c"))))
                .containsExactly("NAME    X", "a       b", "longer  c");
        assertThat(Table.cut("longer  c", 8)).isEqualTo("longer …");
        assertThat(Table.cut("longer  c", 9)).isEqualTo("longer  c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "table | NAME STATE ADDRESS CORES MEMORY DISK HYPERVISOR h1 away 10.0.0.1:7400 8 16.0 GiB 1.0 TiB 8.2 kvm",
                "wide  | NAME STATE ADDRESS CORES MEMORY DISK HYPERVISOR MACHINE BRIDGE MTU LABELS CPU h1 away 10.0.0.1:7400 8 16.0 GiB 1.0 TiB 8.2 kvm pc vmbr0 1500 rack=r1 A CPU",
                "json  | [ { \"name\" : \"h1\", \"address\" : \"10.0.0.1\", \"port\" : 7400, \"connected\" : false, \"hypervisor\" : \"8.2\", \"accelerator\" : \"kvm\", \"machine\" : \"pc\", \"mtu\" : 1500, \"capacity\" : { \"cores\" : 8, \"memoryBytes\" : 17179869184, \"diskBytes\" : 1099511627776, \"cpu\" : \"A CPU\", \"bridge\" : \"vmbr0\" }, \"labels\" : { \"rack\" : \"r1\" }, \"cordoned\" : false, \"lost\" : false } ]",
            })
    void aListIsPrintedInTheFormThatIsWished(String form, String text) {
        Looking looking = new Looking();
        new CommandLine(looking).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("-o", form);
        HostView host =
                new HostView(
                        "h1",
                        "10.0.0.1",
                        7400,
                        false,
                        "8.2",
                        "kvm",
                        "pc",
                        1500,
                        Optional.of(new HostCapacity(8, 16L << 30, 1L << 40, "A CPU", "vmbr0")),
                        Map.of("rack", "r1"),
                        false,
                        false);
        String list = looking.output.list(List.of(Json.tree(host)), HostView.class, Columns.HOST);
        assertThat(list.replaceAll("\\s+", " ")).isEqualTo(text);
    }
}
