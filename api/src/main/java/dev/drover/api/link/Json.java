package dev.drover.api.link;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Records as JSON, on the wire and in files. Any thread.
 *
 * <p>Fields keep the order of the record. A record that belongs to a sealed interface carries its
 * simple name in {@code "@type"}, and is read back through the interface; neither needs an
 * annotation. An {@link java.util.Optional} is its value or null, a {@link java.time.Duration} is
 * ISO 8601, a {@link Path} its text, a {@code byte[]} Base64. Fields that the reader does not know
 * are ignored and absent ones are null or empty, so that a record may grow from one version to the
 * next; an absent number is an error.
 */
public final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                    .annotationIntrospector(SealedTypes.beside())
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(Path.class, new PathWriter())
                                    .addDeserializer(Path.class, new PathReader()))
                    .build();

    private Json() {}

    /** The mapper, for what is not here. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** The JSON of a value in UTF-8. */
    public static byte[] write(@Nullable Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** The JSON of a value. */
    public static String text(@Nullable Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** A value as a tree; of null the null node. */
    public static JsonNode tree(@Nullable Object value) {
        return MAPPER.valueToTree(value);
    }

    /** Reads JSON in UTF-8; throws {@link IllegalArgumentException} when it is no {@code type}. */
    public static <T> T read(byte[] json, Class<T> type) {
        try {
            return present(MAPPER.readValue(json, type), type);
        } catch (JacksonException e) {
            throw unreadable(type, e);
        }
    }

    /** As {@link #read(byte[], Class)}. */
    public static <T> T read(String json, Class<T> type) {
        try {
            return present(MAPPER.readValue(json, type), type);
        } catch (JacksonException e) {
            throw unreadable(type, e);
        }
    }

    /** As {@link #read(byte[], Class)}. */
    public static <T> T read(JsonNode json, Class<T> type) {
        try {
            return present(MAPPER.treeToValue(json, type), type);
        } catch (JacksonException e) {
            throw unreadable(type, e);
        }
    }

    private static <T> T present(@Nullable T value, Class<T> type) {
        if (value == null) {
            throw new IllegalArgumentException(
                    "Expected a " + type.getSimpleName() + " in JSON, not null");
        }
        return value;
    }

    private static IllegalArgumentException unreadable(Class<?> type, JacksonException e) {
        // A record's constructor knows best what is wrong with its fields.
        String why =
                e.getCause() instanceof IllegalArgumentException cause && cause.getMessage() != null
                        ? cause.getMessage()
                        : e.getOriginalMessage();
        return new IllegalArgumentException(
                "This JSON is no " + type.getSimpleName() + ": " + why, e);
    }

    private static final class PathWriter extends ValueSerializer<Path> {
        @Override
        public void serialize(Path path, JsonGenerator to, SerializationContext context) {
            to.writeString(path.toString());
        }
    }

    private static final class PathReader extends ValueDeserializer<Path> {
        @Override
        public Path deserialize(JsonParser from, DeserializationContext context) {
            return Path.of(from.getString());
        }
    }
}
