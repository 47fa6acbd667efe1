package dev.drover.lab;

import dev.drover.lab.guest.Cache;
import java.nio.file.Path;

/** What the integration tests of this module share. */
final class TestLab {
    private TestLab() {}

    /** A prefix that no other run has. */
    static String prefix(String letter) {
        return letter + ProcessHandle.current().pid();
    }

    /** Kept between builds unless they clean. */
    static Cache cache() {
        return new Cache(Path.of(System.getProperty("drover.cache", "target/guest")));
    }
}
