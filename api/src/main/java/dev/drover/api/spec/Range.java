package dev.drover.api.spec;

/**
 * The whole numbers that a field may have.
 *
 * @param least the first
 * @param most the last
 * @param multipleOf what each is a multiple of, 1 or more
 */
record Range(long least, long most, long multipleOf) {
    static Range of(long least, long most) {
        return new Range(least, most, 1);
    }

    /** From one unit to {@code most}. */
    static Range ofSizes(Size multipleOf, Size most) {
        return new Range(multipleOf.bytes(), most.bytes(), multipleOf.bytes());
    }

    boolean has(long value) {
        return value >= least && value <= most && value % multipleOf == 0;
    }

    /** What to write, for a count: "a whole number from 1 to 255". */
    String rule() {
        return "a whole number from " + least + " to " + most;
    }

    /** What to write, for a size: "a multiple of 8KiB, from 8KiB to 16TiB". */
    String sizeRule() {
        return "a multiple of "
                + new Size(multipleOf)
                + ", from "
                + new Size(least)
                + " to "
                + new Size(most);
    }

    void check(String what, long value) {
        if (!has(value)) {
            throw new IllegalArgumentException(what + " is " + rule() + ", not " + value);
        }
    }

    void check(String what, Size value) {
        if (!has(value.bytes())) {
            throw new IllegalArgumentException(what + " is " + sizeRule() + ", not " + value);
        }
    }
}
