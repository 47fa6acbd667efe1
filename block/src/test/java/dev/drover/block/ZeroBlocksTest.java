package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZeroBlocksTest {
    private static final int LENGTH = (2 << 20) + 700;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, (1 << 20) - 1, 1 << 20, (2 << 20) - 1, 2 << 20, LENGTH - 1})
    void aSingleByteIsFoundWhereverItIs(int place) {
        MemorySegment memory = MemorySegment.ofBuffer(ByteBuffer.allocateDirect(LENGTH));
        assertThat(ZeroBlocks.isZero(memory, 0, LENGTH)).isTrue();
        memory.set(ValueLayout.JAVA_BYTE, place, (byte) 1);
        assertThat(ZeroBlocks.isZero(memory, 0, LENGTH)).isFalse();
        assertThat(ZeroBlocks.isZero(memory, 0, place)).isTrue();
        assertThat(ZeroBlocks.isZero(memory, place + 1, LENGTH)).isTrue();
    }
}
