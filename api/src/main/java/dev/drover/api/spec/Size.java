package dev.drover.api.spec;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory or of disk.
 *
 * @param bytes at least 0
 */
public record Size(long bytes) implements Comparable<Size> {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,30}) ?(B|KiB|MiB|GiB|TiB)?");

    /** Throws {@link IllegalArgumentException} when it is below 0. */
    public Size {
        if (bytes < 0) {
            throw new IllegalArgumentException("A size is at least 0 bytes, not " + bytes);
        }
    }

    /** The units, each 1024 times the one before. */
    enum Unit {
        B(1),
        KiB(1L << 10),
        MiB(1L << 20),
        GiB(1L << 30),
        TiB(1L << 40);

        private final long bytes;

        Unit(long bytes) {
            this.bytes = bytes;
        }

        long bytes() {
            return bytes;
        }
    }

    /** This many of a unit; throws {@link ArithmeticException} when that is no long. */
    static Size of(long count, Unit unit) {
        return new Size(Math.multiplyExact(count, unit.bytes()));
    }

    /**
     * A whole number of bytes, or one with the unit B, KiB, MiB, GiB or TiB behind it; empty when
     * the text is no such thing. What is more than a long can hold is {@link Long#MAX_VALUE}.
     */
    static Optional<Size> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Unit unit = matcher.group(2) == null ? Unit.B : Unit.valueOf(matcher.group(2));
        BigInteger bytes =
                new BigInteger(matcher.group(1)).multiply(BigInteger.valueOf(unit.bytes()));
        return Optional.of(new Size(bytes.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue()));
    }

    @Override
    public int compareTo(Size other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The whole number with the largest unit that leaves no rest, for example {@code 512MiB}. */
    @Override
    public String toString() {
        Unit unit = Unit.B;
        for (Unit larger : Unit.values()) {
            if (bytes > 0 && bytes % larger.bytes() == 0) {
                unit = larger;
            }
        }
        return bytes / unit.bytes() + unit.name();
    }
}
