package dev.drover.api.spec;

import java.util.Map;
import java.util.Optional;

/**
 * The base images that a disk can begin as a copy of.
 *
 * @param bytes of each by its name, as a guest sees it; empty: any image will do
 */
record KnownImages(Optional<Map<String, Long>> bytes) {
    /** Whatever an image is called. */
    static final KnownImages ANY = new KnownImages(Optional.empty());

    /** A name; one that no image has is a fault. */
    Value.Reader<String> name() {
        return value -> {
            String name = Scalars.text(Naming.IMAGE).read(value);
            return name == null || bytes.isEmpty() || bytes.get().containsKey(name)
                    ? name
                    : value.fault(
                            "The cluster has no base image " + Quote.of(name),
                            Nearest.to(name, bytes.get().keySet())
                                    .map(near -> "Write " + near)
                                    .orElse("Add it: drover image add FILE --name " + name));
        };
    }

    /** Of a disk that begins as a copy of an image; one that is too small is a fault. */
    void checkSize(Fields disk, Field<Optional<String>> image, Field<Size> size) {
        Optional<String> name = Optional.ofNullable(image.value()).flatMap(n -> n);
        Optional<Size> least = bytes.flatMap(b -> name.map(b::get)).map(Size::new);
        if (least.isPresent() && size.value() != null && size.value().compareTo(least.get()) < 0) {
            disk.value()
                    .findings()
                    .fault(
                            size.at(),
                            size.path(),
                            "The base image has " + least.get() + ", more than the disk",
                            "Write " + least.get() + " or more");
        }
    }
}
