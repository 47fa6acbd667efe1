package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input ends with status 2, and nothing is changed. */
class DemoCommandTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--no-such-option",
                "--hosts=1",
                "--hosts=many",
                "--moves=0",
                "--rate=0",
                "--memory-size=lots",
                "--memory-size=1M",
                "--disk-size=-1G",
                "--disk-size=12",
                "--load=enormous",
                "--format=vmdk",
                "--kill=PULL",
                "--kill=PULL:nobody",
                "--kill=LUNCH:monitor",
                "--image=/no/such/file",
                "--image=/etc/passwd",
                "surplus"
            })
    void badInputIsRefused(String argument, @TempDir Path state) {
        assertThat(Main.run("demo", "--state-dir=" + state, argument)).isEqualTo(2);
        assertThat(state).isEmptyDirectory();
    }
}
