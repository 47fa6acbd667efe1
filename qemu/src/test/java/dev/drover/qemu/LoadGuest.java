package dev.drover.qemu;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * A guest that is one boot sector: it writes one word into each page of a range of its memory,
 * round and round, and its step counter into places on its disk, at a set rate.
 *
 * <pre>
 *             .code16
 *             jmp     start
 *             .balign 4
 *     pages:  .long   50              # 4: pages to write in a step
 *     ticks:  .long   25000000        # 8: time stamps between two steps
 *     base:   .long   0x200000        # 12: first address written
 *     limit:  .long   0x2200000       # 16: end of what is written
 *     sectors:.long   8               # 20: sectors to write to the disk in a step, 0 to 64
 *     next:   .long   0x200000        # 24: where the next step begins
 *     count:  .long   0               # 28: steps done
 *     dap:    .byte   16, 0           # 32: disk address packet (EDD)
 *             .word   0, 0x8000, 0    #     sectors, offset, segment
 *     lba:    .quad   2048
 *     gdt:    .quad   0, 0x00cf92000000ffff
 *     gdtr:   .word   15
 *             .long   gdt
 *     start:  xorw    %ax, %ax
 *             movw    %ax, %ds
 *             movw    %ax, %ss
 *             movw    $0x7c00, %sp
 *     step:   cli                     # big real mode: fs reaches everything
 *             lgdtl   gdtr
 *             movl    %cr0, %eax
 *             incw    %ax
 *             movl    %eax, %cr0
 *             movw    $8, %bx
 *             movw    %bx, %fs
 *             decw    %ax
 *             movl    %eax, %cr0
 *             sti
 *             movl    pages, %ecx
 *             movl    next, %edi
 *             jecxz   disk
 *     1:      incl    %fs:(%edi)
 *             addl    $4096, %edi
 *             cmpl    limit, %edi
 *             jb      2f
 *             movl    base, %edi
 *     2:      decl    %ecx
 *             jnz     1b
 *             movl    %edi, next
 *     disk:   incl    count
 *             movl    sectors, %eax
 *             testl   %eax, %eax
 *             jz      wait
 *             movw    %ax, dap+2
 *             movl    count, %eax
 *             movl    %eax, 0x8000
 *             andl    $0x3ff, %eax    # 1024 places of 64 sectors, from 1 MiB on
 *             shll    $6, %eax
 *             addl    $2048, %eax
 *             movl    %eax, lba
 *             movw    $dap, %si
 *             movw    $0x4300, %ax
 *             movb    $0x80, %dl
 *             int     $0x13
 *     wait:   rdtsc
 *             movl    %eax, %ebx
 *     3:      rdtsc
 *             subl    %ebx, %eax
 *             cmpl    ticks, %eax
 *             jb      3b
 *             jmp     step
 *             .org    510
 *             .word   0xaa55
 * </pre>
 *
 * @param pagesPerStep pages written every 10 ms; 0 for none
 * @param sectorsPerStep disk sectors written every 10 ms, 0 to 64
 * @param memoryBytes range of memory that is written, from 2 MiB on
 */
record LoadGuest(int pagesPerStep, int sectorsPerStep, int memoryBytes) {
    /** Executes, but writes next to nothing. */
    static final LoadGuest IDLE = new LoadGuest(0, 0, 1 << 20);

    /** 20 MB/s of memory and 0.4 MB/s of disk. */
    static final LoadGuest LIGHT = new LoadGuest(50, 8, 32 << 20);

    private static final String CODE =
            """
            eb4466903200000040787d010000200000002002080000000000200000000000
            100000000080000000080000000000000000000000000000ffff00000092cf00
            0f00307c000031c08ed88ed0bc007cfa660f0116407c0f20c0400f22c0bb0800
            8ee3480f22c0fb668b0e047c668b3e187c67e321646766ff076681c700100000
            663b3e107c7205668b3e0c7c664975e466893e187c66ff061c7c66a1147c6685
            c07429a3227c66a11c7c66a300806625ff03000066c1e00666050008000066a3
            287cbe207cb80043b280cd130f316689c30f316629d8663b06087c72f4e96fff
            """;

    private static final int STEP_MILLIS = 10;
    private static final int RANGE_BASE = 2 << 20;

    /** First place on the disk, and how they follow. */
    static final long PLACES = 1 << 20;

    static final long PLACE_BYTES = 64 * 512;
    static final int PLACE_COUNT = 1024;

    /** {@code cli; hlt}: executes nothing. */
    static void installHalted(Path raw) throws IOException {
        installCode(raw, "faf4");
    }

    /** {@code cli; jmp .}: executes for ever and writes nothing. */
    static void installSpinning(Path raw) throws IOException {
        installCode(raw, "faebfe");
    }

    private static void installCode(Path raw, String code) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
            file.write(HexFormat.of().parseHex(code));
            file.seek(510);
            file.write(new byte[] {0x55, (byte) 0xaa});
        }
    }

    /** Writes the boot sector into a raw image. */
    void install(Path raw) throws IOException {
        byte[] sector = new byte[512];
        byte[] code = HexFormat.of().parseHex(CODE.replaceAll("\\s", ""));
        System.arraycopy(code, 0, sector, 0, code.length);
        ByteBuffer parameters = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN);
        parameters.putInt(4, pagesPerStep);
        parameters.putInt(8, TimeStamps.perMilli() * STEP_MILLIS);
        parameters.putInt(12, RANGE_BASE);
        parameters.putInt(16, RANGE_BASE + memoryBytes);
        parameters.putInt(20, sectorsPerStep);
        parameters.putInt(24, RANGE_BASE);
        parameters.putShort(510, (short) 0xaa55);
        try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
            file.write(sector);
        }
    }
}
