package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** QEMU's own tool finds nothing wrong with an image made here, whatever its size. */
class ScratchImageIT {
    @TempDir Path temp;

    @ParameterizedTest
    @ValueSource(longs = {512, 1 << 20, 512L << 20, (512L << 20) + 512, 1L << 40, 16L << 40})
    void anEmptyImageIsWhole(long size) throws Exception {
        Path file = temp.resolve("scratch.qcow2");
        ScratchImage.create(file, size);
        JsonNode info =
                new JsonMapper()
                        .readTree(
                                TestHost.run("qemu-img", "info", "--output=json", file.toString()));
        assertThat(info.path("format").asString("")).isEqualTo("qcow2");
        assertThat(info.path("virtual-size").asLong()).isEqualTo(size);
        TestHost.run("qemu-img", "check", "-q", file.toString());
        TestHost.run("qemu-io", "-c", "write -P 7 " + (size - 512) + " 512", file.toString());
        TestHost.run("qemu-io", "-c", "read -P 7 " + (size - 512) + " 512", file.toString());
        TestHost.run("qemu-img", "check", "-q", file.toString());
    }
}
