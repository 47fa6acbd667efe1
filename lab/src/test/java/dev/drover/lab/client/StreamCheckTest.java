package dev.drover.lab.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamCheckTest {
    private static byte[] stream(int words) {
        ByteBuffer bytes = ByteBuffer.allocate(words * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < words; i++) {
            bytes.putLong(StreamCheck.mix(i));
        }
        return bytes.array();
    }

    private static StreamCheck check(byte[] stream) {
        var check = new StreamCheck();
        check.accept(stream, stream.length);
        return check;
    }

    @Test
    void theGuestsStreamIsGoodInAnyPortions() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        byte[] stream = stream(1000);
        var check = new StreamCheck();
        for (int at = 0; at < stream.length; ) {
            int length = Math.min(1 + random.nextInt(50), stream.length - at);
            check.accept(Arrays.copyOfRange(stream, at, at + length), length);
            at += length;
        }
        assertThat(check.bytes()).isEqualTo(8000);
        assertThat(check.badBytes()).as("seed %d", seed).isZero();
    }

    @Test
    void oneFlippedByteIsOneBadByte() {
        byte[] stream = stream(100);
        stream[333] ^= 1;
        assertThat(check(stream).badBytes()).isEqualTo(1);
    }

    @Test
    void aLostByteMakesTheRestBad() {
        byte[] stream = stream(100);
        byte[] shorter = Arrays.copyOfRange(stream, 1, 800);
        assertThat(check(shorter).badBytes()).isGreaterThan(700);
    }
}
