package dev.drover.api.spec;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A field that was read. Its value may be asked for when its mapping has no fault.
 *
 * @param at where its value is, or where its mapping begins when it is absent
 * @param path of the field
 * @param value null when it was faulty
 */
record Field<T>(Position at, String path, @Nullable T value) implements Supplier<T> {
    @Override
    public T get() {
        return Objects.requireNonNull(value, path);
    }
}
