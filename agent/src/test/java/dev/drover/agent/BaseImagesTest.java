package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.engine.HostFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept, and what is not, before qemu-img looks at it; that it does: BaseImagesIT. */
class BaseImagesTest {
    private static final String SHA256 = "0123456789abcdef".repeat(4);

    @TempDir private Path directory;

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatAnEarlierAgentHadNotFinishedIsRemoved() throws IOException {
        Files.writeString(directory.resolve(SHA256), "whole");
        Files.writeString(directory.resolve(SHA256 + "17.part"), "half");
        Files.writeString(directory.resolve("README"), "put here by hand");
        BaseImages images = BaseImages.in(directory);
        assertThat(directory).isDirectoryContaining(f -> f.endsWith("README"));
        assertThat(directory).isDirectoryNotContaining("glob:**.part");
        assertThat(images.all()).containsExactly(SHA256);
        images.drop(SHA256);
        images.drop(SHA256);
        assertThat(images.all()).isEmpty();
    }

    @Test
    void ofOtherContentOrOfHalfAFileNothingIsKept() throws IOException {
        BaseImages images = BaseImages.in(directory);
        assertThatThrownBy(() -> images.take(SHA256, text("other")))
                .isInstanceOf(HostFailure.class)
                .hasMessageContaining("its SHA-256 is d9298a10d1b0735837dc4bd85dac641b");
        InputStream broken = InputStream.nullInputStream();
        broken.close();
        assertThatThrownBy(() -> images.take(SHA256, new SequenceInputStream(text("half"), broken)))
                .isInstanceOf(IOException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatIsNoDigestNamesNoFile() throws IOException {
        BaseImages images = BaseImages.in(directory);
        for (String name : List.of("../secret", ".", "", SHA256.toUpperCase(Locale.ROOT))) {
            assertThatThrownBy(() -> images.drop(name)).hasMessageContaining("is no SHA-256");
            assertThatThrownBy(() -> images.serve(name, System.out))
                    .isInstanceOf(HostFailure.class);
        }
        assertThatThrownBy(() -> images.serve(SHA256, System.out)).hasMessageContaining("removed");
        assertThatThrownBy(() -> images.requireSpace(1L << 60)).hasMessageContaining("available");
    }
}
