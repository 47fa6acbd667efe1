package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input ends with status 2 and one clear message, and nothing is changed. */
class DemoCommandTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--no-such-option     | Unknown option: '--no-such-option'",
                "--hosts=1            | --hosts is 2 to 8, not 1",
                "--hosts=many         | Invalid value for option '--hosts'",
                "--moves=0            | --moves is 1 to 100000, not 0",
                "--rate=0             | --rate is 1 to 20000, not 0",
                "--memory-size=lots   | 'lots' is no size",
                "--memory-size=1M     | --memory-size is 192 MiB to 1.0 TiB, not 1.0 MiB",
                "--disk-size=-1G      | '-1G' is no size",
                "--disk-size=12       | --disk-size is 512 MiB to 4.0 TiB, not 12 B",
                "--memory-size=262140K | --memory-size is a multiple of 8 KiB",
                "--disk-size=1073741825 | --disk-size is a multiple of 4 KiB",
                "--load=enormous      | --load is one of idle, light, heavy, not 'enormous'",
                "--format=vmdk        | --format is one of raw, qcow2, not 'vmdk'",
                "--kill=PULL          | --kill is PHASE:VICTIM, for example",
                "--kill=PULL:         | '' is none of source-agent",
                "--kill=PULL:move:now | --kill is PHASE:VICTIM, for example",
                "--image=             | --image needs a path",
                "--kill=PULL:nobody   | 'nobody' is none of source-agent",
                "--kill=LUNCH:monitor | 'LUNCH' is none of instantiate",
                "--kill=ABORT:monitor | 'ABORT' is none of instantiate",
                "--kill=instantiate:target-qemu | would kill nobody",
                "surplus              | Unmatched argument"
            })
    void badInputIsRefused(String argument, String message, @TempDir Path state) {
        assertRefused(message, "--state-dir=" + state, argument);
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void theEmptyPathIsNotTheCurrentDirectory() {
        assertRefused("--state-dir needs a path", "--state-dir=");
    }

    private static void assertRefused(String message, String... arguments) {
        StringWriter errors = new StringWriter();
        String[] words =
                Stream.concat(Stream.of("demo"), Stream.of(arguments)).toArray(String[]::new);
        int status = Main.commandLine().setErr(new PrintWriter(errors)).execute(words);
        assertThat(status).isEqualTo(2);
        assertThat(errors.toString()).contains(message).doesNotContain("\tat ");
    }

    @Test
    void aStateDirectoryInsideAFileIsRefused(@TempDir Path temp) throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        assertThatThrownBy(() -> DemoNeeds.checkSpace(1, file.resolve("state")))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("is no directory");
    }

    @Test
    void tooLittleSpaceOrMemoryIsRefused(@TempDir Path temp) throws IOException {
        Path later = temp.resolve("to/be/made");
        DemoNeeds.checkSpace(1, later);
        assertThatThrownBy(() -> DemoNeeds.checkSpace(1L << 60, later))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("No space left");
        Path meminfo = temp.resolve("meminfo");
        Files.writeString(meminfo, "MemTotal: 8000 kB\nMemAvailable: 600 kB\n");
        DemoNeeds.checkMemory(600 << 10, meminfo);
        assertThatThrownBy(() -> DemoNeeds.checkMemory(5 << 20, meminfo))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("needs 5.0 MiB, this machine has 600 KiB");
    }
}
