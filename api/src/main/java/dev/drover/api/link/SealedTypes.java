package dev.drover.api.link;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotationIntrospectorPair;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;
import tools.jackson.databind.jsontype.NamedType;

/**
 * Tells Jackson that everything below a sealed interface says which of the permitted it is: as if
 * each sealed interface bore {@code @JsonTypeInfo(use = SIMPLE_NAME)} and listed its subtypes. So
 * {@code protocol} and {@code ports} need no annotations.
 */
final class SealedTypes extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1L;
    private static final JsonTypeInfo.Value BY_NAME =
            JsonTypeInfo.Value.construct(
                    JsonTypeInfo.Id.SIMPLE_NAME,
                    JsonTypeInfo.As.PROPERTY,
                    "@type",
                    null,
                    false,
                    true,
                    null);

    /** Beside the usual annotations, which have precedence. */
    static AnnotationIntrospector beside() {
        return new AnnotationIntrospectorPair(
                new JacksonAnnotationIntrospector(), new SealedTypes());
    }

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(
            MapperConfig<?> config, Annotated annotated) {
        return annotated instanceof AnnotatedClass type && isBelowSealed(type.getRawType())
                ? BY_NAME
                : null;
    }

    @Override
    public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
        if (!(annotated instanceof AnnotatedClass type) || !isBelowSealed(type.getRawType())) {
            return null;
        }
        List<NamedType> subtypes = new ArrayList<>();
        addConcrete(type.getRawType(), subtypes);
        return subtypes;
    }

    private static boolean isBelowSealed(@Nullable Class<?> type) {
        if (type == null || type.isEnum() || type.getName().startsWith("java.")) {
            return false;
        }
        if (type.isInterface() && type.isSealed()) {
            return true;
        }
        for (Class<?> above : type.getInterfaces()) {
            if (isBelowSealed(above)) {
                return true;
            }
        }
        return isBelowSealed(type.getSuperclass());
    }

    private static void addConcrete(Class<?> type, List<NamedType> to) {
        if (!type.isSealed()) {
            to.add(new NamedType(type));
            return;
        }
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            addConcrete(permitted, to);
        }
    }
}
