package dev.drover.cli.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.cli.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextsTest {
    private static final Context LAB =
            new Context(List.of("10.0.0.1:7403"), Path.of("/etc/drover/me"), Optional.empty());

    @TempDir Path directory;

    @Test
    void theFileIsWhereTheEnvironmentSays() {
        assertThat(Contexts.file(Map.of("DROVER_CONFIG", "/a/b", "XDG_CONFIG_HOME", "/c")))
                .isEqualTo(Path.of("/a/b"));
        assertThat(Contexts.file(Map.of("XDG_CONFIG_HOME", "/c")))
                .isEqualTo(Path.of("/c/drover/contexts.json"));
        Path usual = Path.of(System.getProperty("user.home"), ".config/drover/contexts.json");
        assertThat(Contexts.file(Map.of())).isEqualTo(usual);
        assertThat(Contexts.file(Map.of("DROVER_CONFIG", "", "XDG_CONFIG_HOME", "relative")))
                .isEqualTo(usual);
    }

    @Test
    void whatIsWrittenIsReadAndNobodyElseCanReadIt() throws IOException {
        Path file = directory.resolve("new/contexts.json");
        Contexts written = Contexts.NONE.with("lab", LAB).with("other", LAB).using("other");
        written.write(file);
        assertThat(Contexts.read(file)).isEqualTo(written);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file.getParent()).isDirectoryContaining(f -> f.equals(file));
    }

    @Test
    void theFirstIsTheCurrentOneUntilItIsRemoved() {
        Contexts two = Contexts.NONE.with("lab", LAB).with("other", LAB);
        assertThat(two.current()).contains("lab");
        assertThat(two.without("lab").current()).isEmpty();
        assertThat(two.without("other").current()).contains("lab");
    }

    @Test
    void whatIsNotThereIsToldWithWhatIs() {
        assertThatThrownBy(() -> Contexts.NONE.named("lab"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("drover context add lab");
        assertThatThrownBy(() -> Contexts.NONE.with("lab", LAB).named("lap"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("there are: lab");
    }

    @Test
    void aFileOfAnotherKindIsLeftAlone() throws IOException {
        Path file = Files.writeString(directory.resolve("contexts.json"), "no JSON");
        assertThatThrownBy(() -> Contexts.read(file))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(file.toString());
        assertThat(file).hasContent("no JSON");
        assertThat(Contexts.read(directory.resolve("none"))).isEqualTo(Contexts.NONE);
    }
}
