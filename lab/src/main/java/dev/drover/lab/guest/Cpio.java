package dev.drover.lab.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes an archive that the kernel unpacks as its first file system: format "newc", kernel
 * documentation driver-api/early-userspace/buffer-format.rst. Everything belongs to root and is of
 * the epoch, so equal content makes equal archives.
 */
public final class Cpio implements AutoCloseable {
    private static final int DIRECTORY = 0040755;
    private static final int LINK = 0120777;
    private static final int FILE = 0100644;
    private static final int PROGRAM = 0100755;

    private final OutputStream out;
    private int inode;
    private long written;

    /** Writes to {@code out}, which {@link #close} closes. */
    public Cpio(OutputStream out) {
        this.out = out;
    }

    /** Adds a directory; its parent comes first. Names are relative to the root. */
    public void directory(String name) throws IOException {
        entry(name, DIRECTORY, new byte[0]);
    }

    /** Adds a file. */
    public void file(String name, byte[] content) throws IOException {
        entry(name, FILE, content);
    }

    /** Adds a file that may be executed. */
    public void program(String name, byte[] content) throws IOException {
        entry(name, PROGRAM, content);
    }

    /** Adds a symbolic link. */
    public void link(String name, String target) throws IOException {
        entry(name, LINK, target.getBytes(US_ASCII));
    }

    private void entry(String name, int mode, byte[] content) throws IOException {
        inode++;
        header(name, inode, mode, content.length);
        write(content);
        pad();
    }

    /** Thirteen fields of eight hexadecimal digits, then the name, padded to a multiple of four. */
    private void header(String name, int number, int mode, int size) throws IOException {
        int[] fields = {number, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name.length() + 1, 0};
        var text = new StringBuilder("070701");
        for (int field : fields) {
            text.append("%08x".formatted(field));
        }
        write(text.append(name).append('\0').toString().getBytes(US_ASCII));
        pad();
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }

    private void pad() throws IOException {
        write(new byte[(int) (-written & 3)]);
    }

    @Override
    public void close() throws IOException {
        header("TRAILER!!!", 0, 0, 0);
        out.close();
    }
}
