package dev.drover.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write them: {@code 512M}, {@code 1GiB}; always powers of 1024. */
public final class Sizes implements ITypeConverter<Long> {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,18})\\s*([KMGT]?)(i?B)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGT";

    @Override
    public Long convert(String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is no size; write for example 512M or 1GiB");
        }
        int power = UNITS.indexOf(size.group(2).toUpperCase(Locale.ROOT)) + 1;
        try {
            long unit = 1L << (10 * (size.group(2).isEmpty() ? 0 : power));
            return Math.multiplyExact(Long.parseLong(size.group(1)), unit);
        } catch (ArithmeticException _) {
            throw new TypeConversionException("'" + text + "' is more than any machine has");
        }
    }

    /** As people read them. */
    public static String inWords(long bytes) {
        double value = (double) bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length()) {
            value /= 1024;
            unit++;
        }
        String name = unit == 0 ? "B" : UNITS.charAt(unit - 1) + "iB";
        return String.format(
                Locale.ROOT, unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value, name);
    }
}
