package dev.drover.api.spec;

import dev.drover.ports.VmSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Declarations by chance, with the names and texts that YAML reads as something else. */
final class RandomSpecs {
    private static final List<String> NAMES =
            List.of("0", "1e5", "null", "true", "No", "0x1F", "007", "1.5", "a.b", "9-9", "Y", "y");
    private static final List<String> VALUES =
            List.of("", "-", ".", ":", "a:", "a:b", "@", ".inf", "1_0", "12:30", "--", "---");
    private static final List<String> PIECES =
            List.of(
                    "a",
                    " ",
                    "  ",
                    "\n",
                    "\r\n",
                    "\r",
                    "\t",
                    "#",
                    ": ",
                    "- ",
                    "'",
                    "\"",
                    "\\",
                    "|",
                    ">",
                    "%",
                    "é",
                    "\ud83d\ude00",
                    "\u2028",
                    "---\n",
                    "...\n",
                    "{",
                    "]",
                    "&a",
                    "*a",
                    "!",
                    "null",
                    "\u00a0",
                    "key: [1, 2]\n",
                    "\n\n  x\n");

    private final SplittableRandom random;

    RandomSpecs(long seed) {
        random = new SplittableRandom(seed);
    }

    VmDeclaration vm() {
        return new VmDeclaration(
                name(),
                random.nextInt(1, 256),
                new Size(8192 * random.nextLong(1, 1L << random.nextInt(1, 32))),
                name(),
                maybe(this::name),
                oneOf(List.of(VmDeclaration.Firmware.values())),
                random.nextBoolean(),
                disks(),
                nics(),
                maybe(this::name),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                maybe(this::cloudInit),
                labels(),
                random.nextBoolean(),
                new VmDeclaration.Placement(labels(), names()),
                devices());
    }

    private List<VmDeclaration.Disk> disks() {
        List<VmDeclaration.Disk> disks = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            disks.add(
                    new VmDeclaration.Disk(
                            oneOf(List.of("0", "1e", "null", "true")) + i,
                            maybe(this::name),
                            new Size(512 * random.nextLong(1, 1L << 37)),
                            oneOf(List.of(VmSpec.Format.values())),
                            oneOf(List.of(VmDeclaration.Cache.values())),
                            name()));
        }
        return disks;
    }

    private List<VmDeclaration.Nic> nics() {
        List<VmDeclaration.Nic> nics = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String mac = "02:00:00:00:%02x:0%d".formatted(random.nextInt(256), i);
            nics.add(new VmDeclaration.Nic(name(), maybe(() -> mac), random.nextInt(1, 65)));
        }
        return nics;
    }

    private VmDeclaration.CloudInit cloudInit() {
        Set<String> keys = new LinkedHashSet<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            keys.add(
                    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQ"
                            + i
                            + oneOf(List.of("==", "== a # b", " : é")));
        }
        return new VmDeclaration.CloudInit(maybe(this::text), List.copyOf(keys), maybe(this::text));
    }

    private List<VmDeclaration.Device> devices() {
        return switch (random.nextInt(3)) {
            case 0 -> List.of();
            case 1 -> List.of(new VmDeclaration.Device.Usb("1234:5678"));
            default ->
                    List.of(
                            new VmDeclaration.Device.Pci("0000:00:1f.7"),
                            new VmDeclaration.Device.Usb("0000:0000"));
        };
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            labels.put(name(), random.nextBoolean() ? oneOf(VALUES) : name());
        }
        return labels;
    }

    private List<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            names.add(name());
        }
        return List.copyOf(names);
    }

    private String name() {
        return oneOf(NAMES);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(1, 12); i > 0; i--) {
            text.append(oneOf(PIECES));
        }
        return text.toString();
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    private <T> T oneOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
