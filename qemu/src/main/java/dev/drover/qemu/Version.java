package dev.drover.qemu;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of QEMU.
 *
 * @param major first number
 * @param minor second number
 * @param micro third number
 */
record Version(int major, int minor, int micro) {
    private static final Pattern FORM = Pattern.compile("version (\\d+)\\.(\\d+)(?:\\.(\\d+))?");

    /**
     * Reads what {@code qemu --version} says.
     *
     * @throws IllegalArgumentException when it names no version
     */
    static Version parse(String text) {
        Matcher found = FORM.matcher(text);
        if (!found.find()) {
            throw new IllegalArgumentException("No version of QEMU in '" + text + "'");
        }
        String micro = found.group(3);
        return new Version(
                Integer.parseInt(found.group(1)),
                Integer.parseInt(found.group(2)),
                micro == null ? 0 : Integer.parseInt(micro));
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + micro;
    }
}
