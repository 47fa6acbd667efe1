package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {
    static Stream<CommandLine> commands() {
        return below(Main.commandLine());
    }

    private static Stream<CommandLine> below(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().flatMap(HelpTest::below));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandTellsItsOptions(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        StringWriter told = new StringWriter();
        String[] words =
                Stream.concat(Stream.of(name.split(" ", -1)).skip(1), Stream.of("--help"))
                        .toArray(String[]::new);
        assertThat(Main.commandLine().setOut(new PrintWriter(told)).execute(words)).isZero();
        assertThat(told.toString()).contains("Usage: " + name).contains("--help");
    }
}
