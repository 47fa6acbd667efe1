package dev.drover.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Tells where a migration stream stands: how many pages of the guest's memory have gone by, and how
 * many bytes can be read without going past a certain page. Only the live part of the stream is
 * understood, up to the last stage. Not thread-safe.
 *
 * <p>The format is QEMU's migration/savevm.c ({@code qemu_savevm_state_*}) and migration/ram.c
 * ({@code RAM_SAVE_FLAG_*}), version 3 of the file, unchanged since 2.4: a stream has to be
 * understood by older and newer versions alike. Everything is big-endian.
 */
final class RamStream {
    /** Target page of x86 (TARGET_PAGE_SIZE). */
    static final int PAGE_BYTES = 4096;

    /** A page of zeros: its header and one byte. No page is shorter. */
    static final int SHORTEST_PAGE_BYTES = 9;

    private static final int MAGIC = 0x5145564d; // "QEVM"
    private static final int FILE_VERSION = 3;

    // savevm.h
    private static final int SECTION_START = 0x01;
    private static final int SECTION_PART = 0x02;
    private static final int CONFIGURATION = 0x07;
    private static final int COMMAND = 0x08;
    private static final int FOOTER = 0x7e;

    // ram.c
    private static final long FLAG_ZERO = 0x02;
    private static final long FLAG_MEM_SIZE = 0x04;
    private static final long FLAG_PAGE = 0x08;
    private static final long FLAG_EOS = 0x10;
    private static final long FLAG_CONTINUE = 0x20;
    private static final long FLAGS = PAGE_BYTES - 1;

    /** What is being read. */
    private enum Item {
        FILE_HEADER,
        SECTION_TYPE,
        CONFIGURATION_LENGTH,
        COMMAND_HEAD,
        START_HEAD,
        START_NAME,
        PART_HEAD,
        RAM_HEADER,
        BLOCK_NAME_LENGTH,
        BLOCK_SIZE,
        PAGE_BLOCK_NAME_LENGTH,
        PAGE_CONTENT,
        SKIPPED,
        FOOTER_SECTION
    }

    private final ByteBuffer item = ByteBuffer.allocate(512);
    private Item reading = Item.FILE_HEADER;
    private Item afterSkipped = Item.SECTION_TYPE;
    private long missing = 8;
    private long flags;
    private long blockBytesLeft;
    private int ramSection = -1;
    private long pages;
    private boolean atPage;

    /** Pages whose bytes have gone by completely. */
    long pages() {
        return pages;
    }

    /**
     * How many bytes may be read, so that page number {@code limit} (from 0) does not begin to go
     * by. Only its header does: till then nobody knows that it is a page.
     *
     * @return 0 when the next byte belongs to that page
     */
    long certain(long limit) {
        if (atPage && pages >= limit) {
            return 0;
        }
        return missing + Math.max(0, limit - pages - 1) * SHORTEST_PAGE_BYTES;
    }

    /**
     * Takes the next bytes of the stream.
     *
     * @throws IOException when they are none of a live migration without special capabilities
     */
    void accept(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int part = (int) Math.min(missing, bytes.remaining());
            if (reading == Item.SKIPPED || reading == Item.PAGE_CONTENT) {
                bytes.position(bytes.position() + part);
            } else {
                item.put(bytes.slice(bytes.position(), part));
                bytes.position(bytes.position() + part);
            }
            missing -= part;
            while (missing == 0) {
                item.flip();
                next();
                item.clear();
            }
        }
    }

    /** One item is complete: decides what comes next. */
    private void next() throws IOException {
        switch (reading) {
            case FILE_HEADER -> {
                if (item.getInt() != MAGIC || item.getInt() != FILE_VERSION) {
                    throw new IOException("No migration stream of version " + FILE_VERSION);
                }
                expect(Item.SECTION_TYPE, 1);
            }
            case SECTION_TYPE -> section(item.get());
            case CONFIGURATION_LENGTH -> skip(item.getInt(), Item.SECTION_TYPE);
            case COMMAND_HEAD -> skip(item.getInt() & 0xffff, Item.SECTION_TYPE);
            case START_HEAD -> {
                ramSection = item.getInt();
                expect(Item.START_NAME, item.get() + 8L);
            }
            case START_NAME -> startName();
            case PART_HEAD -> partHead(item.getInt());
            case RAM_HEADER -> ramHeader(item.getLong());
            case BLOCK_NAME_LENGTH -> expect(Item.BLOCK_SIZE, (item.get() & 0xff) + 8L);
            case BLOCK_SIZE -> {
                blockBytesLeft -= item.getLong(item.limit() - 8);
                block();
            }
            case PAGE_BLOCK_NAME_LENGTH -> skip(item.get() & 0xff, Item.PAGE_CONTENT);
            case SKIPPED -> {
                if (afterSkipped == Item.PAGE_CONTENT) {
                    content();
                } else {
                    expect(afterSkipped, 1);
                }
            }
            case PAGE_CONTENT -> {
                pages++;
                atPage = false;
                expect(Item.RAM_HEADER, 8);
            }
            case FOOTER_SECTION -> expect(Item.SECTION_TYPE, 1);
        }
    }

    private void expect(Item what, long bytes) {
        reading = what;
        missing = bytes;
    }

    private void skip(long bytes, Item then) {
        afterSkipped = then;
        expect(Item.SKIPPED, bytes);
    }

    private void section(int type) throws IOException {
        switch (type) {
            case SECTION_START -> expect(Item.START_HEAD, 5);
            case SECTION_PART -> expect(Item.PART_HEAD, 4);
            case CONFIGURATION -> expect(Item.CONFIGURATION_LENGTH, 4);
            case COMMAND -> expect(Item.COMMAND_HEAD, 4);
            case FOOTER -> expect(Item.FOOTER_SECTION, 4);
            default ->
                    throw new IOException(
                            "A section of type " + type + " does not belong to live memory");
        }
    }

    private void startName() throws IOException {
        byte[] name = new byte[item.remaining() - 8];
        item.get(name);
        if (!new String(name, StandardCharsets.US_ASCII).equals("ram")) {
            throw new IOException(
                    "Not only memory is migrated live, but "
                            + new String(name, StandardCharsets.US_ASCII));
        }
        expect(Item.RAM_HEADER, 8);
    }

    private void partHead(int section) throws IOException {
        if (section != ramSection) {
            throw new IOException("Section " + section + " is not the memory");
        }
        expect(Item.RAM_HEADER, 8);
    }

    private void ramHeader(long header) throws IOException {
        flags = header & FLAGS;
        if ((flags & FLAG_MEM_SIZE) != 0) {
            blockBytesLeft = header & ~FLAGS;
            block();
        } else if ((flags & (FLAG_PAGE | FLAG_ZERO)) != 0) {
            atPage = true;
            if ((flags & FLAG_CONTINUE) != 0) {
                content();
            } else {
                expect(Item.PAGE_BLOCK_NAME_LENGTH, 1);
            }
        } else if (flags == FLAG_EOS) {
            expect(Item.SECTION_TYPE, 1);
        } else {
            throw new IOException("Flags 0x" + Long.toHexString(flags) + " are not understood");
        }
    }

    /** The setup lists all RAM blocks: name and size. */
    private void block() {
        if (blockBytesLeft > 0) {
            expect(Item.BLOCK_NAME_LENGTH, 1);
        } else {
            expect(Item.RAM_HEADER, 8);
        }
    }

    private void content() {
        expect(Item.PAGE_CONTENT, (flags & FLAG_ZERO) != 0 ? 1 : PAGE_BYTES);
    }
}
