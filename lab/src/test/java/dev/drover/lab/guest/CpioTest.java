package dev.drover.lab.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class CpioTest {
    @Test
    void anEntryIsHeaderNameAndContentEachPadded() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var cpio = new Cpio(bytes)) {
            cpio.program("init", new byte[] {'a', 'b', 'c', 'd', 'e'});
            cpio.link("sh", "busybox");
        }
        String archive = bytes.toString(US_ASCII);
        // ino, mode, uid, gid, nlink, mtime, size, four device numbers, length of the name, check.
        assertThat(archive)
                .startsWith(
                        "070701"
                                + "00000001"
                                + "000081ed"
                                + "00000000".repeat(2)
                                + "00000001"
                                + "00000000"
                                + "00000005"
                                + "00000000".repeat(4)
                                + "00000005"
                                + "00000000"
                                + "init\0\0abcde\0\0\0"
                                + "070701");
        assertThat(archive.indexOf("0000a1ff")).isEqualTo(124 + 14);
        assertThat(archive)
                .contains("sh\0\0\0\0busybox\0" + "070701")
                .endsWith("TRAILER!!!\0\0\0\0");
        assertThat(archive.length() % 4).isZero();
    }

    @Test
    void everyEntryHasAnInodeOfItsOwn() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var cpio = new Cpio(bytes)) {
            cpio.directory("a");
            cpio.directory("b");
        }
        assertThat(bytes.toString(US_ASCII)).contains("07070100000001", "07070100000002");
    }
}
