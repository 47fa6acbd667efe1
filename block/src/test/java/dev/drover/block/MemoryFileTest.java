package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryFileTest {
    @TempDir Path directory;
    private final byte[] memory = new byte[3 << 20];
    private MemoryFile file;

    @BeforeEach
    void someMemory() {
        new Random(1).nextBytes(memory);
        file = new MemoryFile(directory.resolve("memory.zst"));
    }

    private byte[] read() throws IOException {
        try (InputStream in = file.read()) {
            return in.readAllBytes();
        }
    }

    @Test
    void itReadsAsItWasWritten() throws IOException {
        file.write(out -> {
            out.write(memory, 0, 1000);
            out.flush();
            out.write(memory, 1000, memory.length - 1000);
        });
        assertThat(file.exists()).isTrue();
        assertThat(read()).isEqualTo(memory);
        file.remove();
        file.remove();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatCouldNotBeWrittenWholeIsNotThere() {
        assertThatThrownBy(() ->
                        file.write(out -> {
                            out.write(memory);
                            throw new IOException("Full");
                        }))
                .hasMessage("Full");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void anotherHostsFileIsTakenWholeOrNotAtAll() throws IOException {
        file.write(out -> out.write(memory));
        byte[] whole = Files.readAllBytes(file.path());
        file.remove();
        byte[] part = java.util.Arrays.copyOf(whole, whole.length - 1);
        assertThatThrownBy(() -> file.receive(new ByteArrayInputStream(part)))
                .isInstanceOf(IOException.class);
        assertThat(directory).isEmptyDirectory();
        file.receive(new ByteArrayInputStream(whole));
        assertThat(read()).isEqualTo(memory);
    }

    @Test
    void aShortOrDamagedFileIsNoMemory() throws IOException {
        file.write(out -> out.write(memory));
        byte[] whole = Files.readAllBytes(file.path());
        Files.write(file.path(), java.util.Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(this::read).isInstanceOf(IOException.class);
        whole[whole.length / 2] ^= 1;
        Files.write(file.path(), whole);
        assertThatThrownBy(this::read).isInstanceOf(IOException.class);
    }
}
