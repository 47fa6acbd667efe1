package dev.drover.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Undoes the freezer of control groups, version 1 (freezer.state) and 2 (cgroup.freeze): kernel
 * documentation, admin-guide/cgroup-v1/freezer-subsystem.rst and cgroup-v2.rst.
 */
final class Freezer {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private Freezer() {}

    /** Lets a process run that may be frozen; does nothing for any other. */
    static void thaw(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
                String[] field = line.split(":", 3);
                if (field.length == 3 && field[2].length() > 1) {
                    thaw(field[1], field[2].substring(1));
                }
            }
        } catch (IOException _) {
            // It is gone already.
        }
    }

    private static void thaw(String controller, String group) throws IOException {
        if (controller.equals("freezer")) {
            write(ROOT.resolve("freezer", group, "freezer.state"), "THAWED");
        } else if (controller.isEmpty()) {
            for (Path root : new Path[] {ROOT, ROOT.resolve("unified")}) {
                write(root.resolve(group, "cgroup.freeze"), "0");
            }
        }
    }

    private static void write(Path file, String value) throws IOException {
        Optional<Path> present = Optional.of(file).filter(Files::exists);
        if (present.isPresent()) {
            Files.writeString(present.get(), value);
        }
    }
}
