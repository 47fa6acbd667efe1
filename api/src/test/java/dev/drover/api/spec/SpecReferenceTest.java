package dev.drover.api.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.link.Json;
import dev.drover.ports.VmSpec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The reference for users says what the code does. */
class SpecReferenceTest {
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([^`|]+)` \\| [^|]+ \\| ([^|]+) \\|[^|]*\\|$");

    /** The default of each field in the table, by path. */
    private static Map<String, String> table() {
        Map<String, String> rows = new LinkedHashMap<>();
        ROW.matcher(Specs.reference()).results().forEach(r -> rows.put(r.group(1), r.group(2)));
        return rows;
    }

    @Test
    void theExampleIsValidAndSaysWhatItSeemsToSay() {
        VmDeclaration vm = Specs.valid(Specs.example());
        assertThat(Specs.told(Specs.example())).isEmpty();
        assertThat(vm.name()).isEqualTo("web-1");
        assertThat(vm.memory()).isEqualTo(Size.of(8, Size.Unit.GiB));
        assertThat(vm.disks())
                .containsExactly(
                        new VmDeclaration.Disk(
                                "root",
                                Optional.of("debian-13"),
                                Size.of(20, Size.Unit.GiB),
                                VmSpec.Format.QCOW2,
                                VmDeclaration.Cache.NONE,
                                "default"),
                        new VmDeclaration.Disk(
                                "data",
                                Optional.empty(),
                                Size.of(200, Size.Unit.GiB),
                                VmSpec.Format.RAW,
                                VmDeclaration.Cache.NONE,
                                "fast"));
        assertThat(vm.nics())
                .containsExactly(
                        new VmDeclaration.Nic("front", Optional.of("52:54:00:12:34:56"), 4),
                        new VmDeclaration.Nic("back", Optional.empty(), 1));
        assertThat(vm.cloudInit().orElseThrow().userData())
                .contains("#cloud-config\npackages: [nginx]\n");
        assertThat(vm.placement())
                .isEqualTo(new VmDeclaration.Placement(Map.of("rack", "r1"), List.of("web")));
    }

    @Test
    void theTableHasEveryFieldInTheOrderOfTheRecords() {
        assertThat(table().keySet()).containsExactlyElementsOf(paths("", VmDeclaration.class));
    }

    @Test
    void theExampleHasEveryFieldButDevices() {
        JsonNode example = Json.read(SpecWriter.json(Specs.valid(Specs.example())), JsonNode.class);
        for (String path : table().keySet()) {
            if (!path.startsWith("devices")) {
                assertThat(at(example, path).isMissingNode()).as(path).isFalse();
            }
        }
    }

    @Test
    void theDefaultsOfTheTableAreThoseOfTheReader() {
        VmDeclaration least =
                Specs.valid(
                        Specs.MINIMAL + "disks: [{name: a, size: 1GiB}]\nnics: [{network: a}]\n");
        JsonNode written = Json.read(SpecWriter.json(least), JsonNode.class);
        table().forEach((path, preset) -> {
            JsonNode value = at(written, path);
            if (preset.startsWith("`")) {
                assertThat("`" + value.asString() + "`").as(path).isEqualTo(preset);
            } else if (preset.equals("required")) {
                assertThat(value.isMissingNode()).as(path).isFalse();
            } else if (!path.equals("disks") && !path.equals("nics")) {
                assertThat(preset).as(path).startsWith("none");
                assertThat(value.isMissingNode()).as(path).isTrue();
            }
        });
    }

    /** The field at a path, of the first item of each list. */
    private static JsonNode at(JsonNode vm, String path) {
        return vm.at("/" + path.replace("[]", "/0").replace('.', '/'));
    }

    private static List<String> paths(String before, Class<?> type) {
        List<String> paths = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String path = before + component.getName();
            paths.add(path);
            Type inner = component.getGenericType();
            if (inner instanceof ParameterizedType p && p.getActualTypeArguments().length == 1) {
                inner = p.getActualTypeArguments()[0];
                path += component.getType() == List.class ? "[]" : "";
            }
            if (inner instanceof Class<?> c && c.isSealed()) {
                for (Class<?> variant : c.getPermittedSubclasses()) {
                    paths.addAll(paths(path + ".", variant));
                }
            } else if (inner instanceof Class<?> c && c.isRecord() && c != Size.class) {
                paths.addAll(paths(path + ".", c));
            }
        }
        return paths;
    }
}
