package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckedStreamTest {
    /** What goes over the wire when these are written. */
    private static byte[] wire(byte[]... writes) throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        OutputStream out = CheckedStream.over(InputStream.nullInputStream(), wire).output();
        for (byte[] write : writes) {
            out.write(write);
        }
        return wire.toByteArray();
    }

    private static byte[] read(byte[] wire) throws IOException {
        return CheckedStream.over(new ByteArrayInputStream(wire), OutputStream.nullOutputStream())
                .input()
                .readAllBytes();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(
            ints = {1, 4096, 256 << 10, CheckedStream.MOST_BYTES, CheckedStream.MOST_BYTES + 1})
    void whatWentInComesOut(int length) throws IOException {
        assertThat(read(wire(bytes(length)))).isEqualTo(bytes(length));
        assertThat(read(wire(bytes(length), new byte[0], bytes(7))))
                .startsWith(bytes(length))
                .endsWith(bytes(7))
                .hasSize(length + 7);
    }

    @Test
    void singleBytesPassAndAnEmptyStreamIsOne() throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        CheckedStream.over(InputStream.nullInputStream(), wire).output().write(0xfe);
        InputStream in =
                CheckedStream.over(
                                new ByteArrayInputStream(wire.toByteArray()),
                                OutputStream.nullOutputStream())
                        .input();
        assertThat(in.read()).isEqualTo(0xfe);
        assertThat(in.read()).isEqualTo(-1);
        assertThat(read(new byte[0])).isEmpty();
    }

    @Test
    void everyBitThatIsFlippedIsSeenBeforeItsPieceComesOut() throws IOException {
        byte[] first = bytes(40);
        byte[] wire = wire(first, bytes(60));
        for (int bit = 0; bit < wire.length * 8; bit++) {
            byte[] damaged = wire.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            InputStream in =
                    CheckedStream.over(
                                    new ByteArrayInputStream(damaged),
                                    OutputStream.nullOutputStream())
                            .input();
            if (bit >= 48 * 8) {
                assertThat(in.readNBytes(40)).isEqualTo(first);
            }
            assertThatThrownBy(in::read).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aStreamThatIsCutOffWithinAPieceIsNoWholeOne() throws IOException {
        byte[] wire = wire(bytes(40));
        for (int length = 1; length < wire.length; length++) {
            byte[] cut = Arrays.copyOf(wire, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void whatIsNoPieceIsNotReadForOne() {
        assertThatThrownBy(() -> read(bytes(100)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
    }
}
