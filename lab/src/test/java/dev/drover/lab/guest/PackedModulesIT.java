package dev.drover.lab.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.lab.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules as distributions pack them; needs the programs that do it. */
class PackedModulesIT {
    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({"cat, ko", "gzip, ko.gz", "xz, ko.xz", "zstd, ko.zst"})
    void aPackedModuleIsReadLikeAPlainOne(String packer, String ending) throws IOException {
        String module = "\177ELF\0depends=\0name=ext4\0" + "x".repeat(100_000);
        Path plain = Files.writeString(directory.resolve("plain"), module);
        Path packed = Files.createDirectory(directory.resolve("kernel")).resolve("ext4." + ending);
        Command.run("sh", "-c", "%s <%s >%s".formatted(packer, plain, packed));
        assertThat(new KernelModules(directory).closure(List.of("ext4"), List.of()).get("ext4"))
                .asString()
                .isEqualTo(module);
    }
}
