package dev.drover.lab.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {
    @TempDir Path directory;

    @Test
    void anEntryIsMadeOnceWhoeverAsks() throws Exception {
        var made = new AtomicInteger();
        Cache.Maker maker =
                path -> {
                    made.incrementAndGet();
                    Files.writeString(path, "x");
                };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                threads.execute(() -> new Cache(directory).get("key", maker));
            }
        }
        assertThat(made).hasValue(1);
        assertThat(directory.resolve("key")).hasContent("x");
    }

    @Test
    void whatFailsHalfwayLeavesNoEntryAndIsMadeAgain() {
        var cache = new Cache(directory);
        assertThatThrownBy(() ->
                        cache.get(
                                "key",
                                path -> {
                                    Files.createDirectories(path.resolve("half"));
                                    throw new IOException("No more");
                                }))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(directory.resolve("key")).doesNotExist();
        assertThat(cache.get("key", Files::createDirectory)).isEmptyDirectory();
    }

    @Test
    void aHalfThatAKilledRunLeftIsForgotten() throws IOException {
        Files.createDirectories(directory.resolve("key.part/half"));
        assertThat(new Cache(directory).get("key", Files::createDirectory)).isEmptyDirectory();
    }
}
