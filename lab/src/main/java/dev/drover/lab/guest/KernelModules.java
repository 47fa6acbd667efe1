package dev.drover.lab.guest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.drover.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The modules of one kernel. What a module needs it says itself, in the section .modinfo
 * (include/linux/module.h, "depends="): an unpacked package has no modules.dep yet, which is made
 * from just that.
 */
final class KernelModules {
    private final Map<String, Path> files = new TreeMap<>();
    private final Set<String> builtIn = new HashSet<>();

    /**
     * Knows the modules below {@code directory}, a /lib/modules/VERSION.
     *
     * @throws IOException when it cannot be read
     */
    KernelModules(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory.resolve("kernel"))) {
            tree.filter(Files::isRegularFile).forEach(file -> files.put(name(file), file));
        }
        Path list = directory.resolve("modules.builtin");
        if (Files.exists(list)) {
            for (String line : Files.readAllLines(list)) {
                builtIn.add(name(Path.of(line)));
            }
        }
    }

    /**
     * The content of the wanted modules and of all that they need, in an order in which they can be
     * inserted.
     *
     * @param required a {@link LabException} names the one that is neither here nor built in
     * @param wanted left out when not here
     */
    Map<String, byte[]> closure(List<String> required, List<String> wanted) throws IOException {
        var inOrder = new LinkedHashMap<String, byte[]>();
        for (String name : wanted) {
            if (files.containsKey(name)) {
                add(name, inOrder, new HashSet<>());
            }
        }
        for (String name : required) {
            add(name, inOrder, new HashSet<>());
        }
        return inOrder;
    }

    private void add(String name, Map<String, byte[]> inOrder, Set<String> path)
            throws IOException {
        if (inOrder.containsKey(name) || builtIn.contains(name) || !path.add(name)) {
            return;
        }
        Path file = files.get(name);
        if (file == null) {
            throw new LabException(
                    "The kernel has no module '" + name + "', which the guest needs");
        }
        byte[] content = Compression.unpack(Files.readAllBytes(file));
        for (String needed : depends(content)) {
            add(needed, inOrder, path);
        }
        inOrder.put(name, content);
    }

    /** The names after "depends=" in .modinfo, a list of strings that end in NUL. */
    static List<String> depends(byte[] module) {
        String text = new String(module, ISO_8859_1);
        int at = text.indexOf("\0depends=");
        if (at < 0) {
            return List.of();
        }
        int start = at + "\0depends=".length();
        String value = text.substring(start, text.indexOf('\0', start));
        return new ArrayList<>(
                Arrays.stream(value.split(",", -1))
                        .filter(name -> !name.isEmpty())
                        .map(KernelModules::normal)
                        .toList());
    }

    /** {@code crc32c-intel.ko.xz} is the module crc32c_intel. */
    private static String name(Path file) {
        String name = file.getFileName().toString();
        int end = name.indexOf(".ko");
        return normal(end < 0 ? name : name.substring(0, end));
    }

    private static String normal(String name) {
        return name.replace('-', '_');
    }
}
