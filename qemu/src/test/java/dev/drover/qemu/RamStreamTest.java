package dev.drover.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Streams written by the rules of QEMU's savevm.c and ram.c. */
class RamStreamTest {
    private static final int RAM = 2;
    private static final int ZERO = 0x02;
    private static final int MEM_SIZE = 0x04;
    private static final int PAGE = 0x08;
    private static final int EOS = 0x10;
    private static final int CONTINUE = 0x20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    private void begin() throws IOException {
        out.writeInt(0x5145564d);
        out.writeInt(3);
        out.writeByte(0x07);
        name4("pc-i440fx-7.2");
        out.writeByte(0x08); // MIG_CMD_OPEN_RETURN_PATH, then MIG_CMD_PING
        out.writeShort(1);
        out.writeShort(0);
        out.writeByte(0x08);
        out.writeShort(2);
        out.writeShort(4);
        out.writeInt(1);
        out.writeByte(0x01);
        out.writeInt(RAM);
        name("ram");
        out.writeInt(0);
        out.writeInt(4);
        out.writeLong(3 * 4096 | MEM_SIZE);
        name("pc.ram");
        out.writeLong(2 * 4096);
        name("pc.bios");
        out.writeLong(4096);
        endOfSection();
    }

    private void name(String name) throws IOException {
        out.writeByte(name.length());
        out.write(name.getBytes(StandardCharsets.US_ASCII));
    }

    private void name4(String name) throws IOException {
        out.writeInt(name.length());
        out.write(name.getBytes(StandardCharsets.US_ASCII));
    }

    private void part() throws IOException {
        out.writeByte(0x02);
        out.writeInt(RAM);
    }

    private void endOfSection() throws IOException {
        out.writeLong(EOS);
        out.writeByte(0x7e);
        out.writeInt(RAM);
    }

    private void page(long address, int flags) throws IOException {
        out.writeLong(address | flags);
        if ((flags & CONTINUE) == 0) {
            name("pc.ram");
        }
        out.write(new byte[(flags & ZERO) != 0 ? 1 : 4096]);
    }

    private static void feed(RamStream stream, byte[] all, int from, int to) throws IOException {
        stream.accept(ByteBuffer.wrap(all, from, to - from));
    }

    @Test
    void countsThePagesOfAllRounds() throws IOException {
        begin();
        part();
        page(0, PAGE);
        page(4096, ZERO | CONTINUE);
        endOfSection();
        part();
        endOfSection();
        part();
        page(4096, PAGE | CONTINUE);
        endOfSection();
        RamStream stream = new RamStream();
        for (byte b : bytes.toByteArray()) {
            stream.accept(ByteBuffer.wrap(new byte[] {b}));
        }
        assertThat(stream.pages()).isEqualTo(3);
    }

    @Test
    void whatIsCertainNeverGoesPastThePermittedPage() throws IOException {
        begin();
        part();
        page(0, PAGE);
        page(4096, ZERO | CONTINUE);
        endOfSection();
        part();
        int afterHeader = bytes.size() + 8;
        page(0, PAGE | CONTINUE);
        endOfSection();
        byte[] all = bytes.toByteArray();
        RamStream stream = new RamStream();
        int read = 0;
        long room;
        while ((room = stream.certain(2)) > 0) {
            feed(stream, all, read, read + (int) room);
            read += (int) room;
        }
        assertThat(read).isEqualTo(afterHeader);
        assertThat(stream.pages()).isEqualTo(2);
        assertThat(stream.certain(3)).isEqualTo(4096);
        feed(stream, all, read, all.length);
        assertThat(stream.pages()).isEqualTo(3);
        assertThat(stream.certain(3)).isPositive();
    }

    @Test
    void manyPagesMayBeReadAtOnceWhenTheLimitIsFar() throws IOException {
        begin();
        part();
        RamStream stream = new RamStream();
        stream.accept(ByteBuffer.wrap(bytes.toByteArray()));
        assertThat(stream.certain(1001)).isEqualTo(8 + 1000 * RamStream.SHORTEST_PAGE_BYTES);
    }

    @Test
    void somethingElseIsRefused() throws IOException {
        RamStream stream = new RamStream();
        assertThatThrownBy(() -> stream.accept(ByteBuffer.wrap(new byte[8])))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("migration stream");
        begin();
        out.writeByte(0x04);
        assertThatThrownBy(() -> new RamStream().accept(ByteBuffer.wrap(bytes.toByteArray())))
                .hasMessageContaining("section of type 4");
    }

    @Test
    void aCompressedPageIsRefused() throws IOException {
        begin();
        part();
        out.writeLong(0x100);
        assertThatThrownBy(() -> new RamStream().accept(ByteBuffer.wrap(bytes.toByteArray())))
                .hasMessageContaining("0x100");
    }
}
