package dev.drover.api.spec;

import dev.drover.ports.VmSpec;
import java.util.regex.Pattern;

/**
 * The texts that a field may have. No pattern repeats a group, so that none needs much stack or
 * time.
 */
enum Naming {
    /** As {@link VmSpec}. */
    VM(
            "name of a VM",
            "[A-Za-z0-9][A-Za-z0-9.-]{0,39}",
            "1 to 40 letters, digits, dots or hyphens, a letter or digit first"),
    /** The guest sees it as the disk's serial number, of 20 bytes (VIRTIO_BLK_ID_BYTES). */
    DISK(
            "name of a disk",
            "[A-Za-z0-9][A-Za-z0-9-]{0,19}",
            "1 to 20 letters, digits or hyphens, a letter or digit first"),
    IMAGE("name of an image", Naming.PLAIN, Naming.PLAIN_RULE),
    POOL("name of a pool", Naming.PLAIN, Naming.PLAIN_RULE),
    NETWORK("name of a network", Naming.PLAIN, Naming.PLAIN_RULE),
    GROUP("name of a group", Naming.PLAIN, Naming.PLAIN_RULE),
    MODEL("CPU model", Naming.PLAIN, Naming.PLAIN_RULE),
    MACHINE("machine type", Naming.PLAIN, Naming.PLAIN_RULE),
    LABEL(
            "key",
            "[A-Za-z0-9][A-Za-z0-9._/-]{0,62}",
            "1 to 63 letters, digits, dots, underlines, slashes or hyphens, a letter or digit first"),
    LABEL_VALUE(
            "value of a tag or label",
            "[A-Za-z0-9._/:@+-]{0,63}",
            "at most 63 letters, digits, or characters out of . _ / : @ + -"),
    /** Unicast, as {@link VmSpec.NicSpec}, and not all zeros. */
    MAC(
            "MAC address of one card",
            "(?!00:00:00:00:00:00)[0-9a-f][02468ace](:[0-9a-f]{2}){5}",
            "six hexadecimal bytes joined by colons, the first one even, such as 52:54:00:12:34:56"),
    PCI(
            "address of a PCI device",
            "[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]",
            "domain, bus, slot and function as lspci -D shows them, such as 0000:65:00.0"),
    USB(
            "USB device",
            "[0-9a-f]{4}:[0-9a-f]{4}",
            "vendor and product as lsusb shows them, such as 046d:c52b"),
    SSH_KEY(
            "public SSH key",
            "(ssh|ecdsa|sk)-[a-z0-9@.-]{1,60} [A-Za-z0-9+/]{16,16000}={0,3}"
                    + "( [\\p{L}\\p{N}\\p{P}\\p{S} ]{0,200})?",
            "one line of a .pub file, such as ssh-ed25519 AAAA... me@desk");

    private static final String PLAIN = "[A-Za-z0-9][A-Za-z0-9._+-]{0,63}";
    private static final String PLAIN_RULE =
            "1 to 64 letters, digits, dots, underlines, plus signs or hyphens,"
                    + " a letter or digit first";

    private final String what;
    private final Pattern pattern;
    private final String rule;

    Naming(String what, String pattern, String rule) {
        this.what = what;
        this.pattern = Pattern.compile(pattern);
        this.rule = rule;
    }

    /** What it is, for a sentence: "name of a VM". */
    String what() {
        return what;
    }

    /** What to write. */
    String rule() {
        return rule;
    }

    boolean has(String text) {
        return pattern.matcher(text).matches();
    }

    void check(String text) {
        if (!has(text)) {
            throw new IllegalArgumentException(
                    Quote.of(text) + " is no " + what + ": it has " + rule);
        }
    }
}
