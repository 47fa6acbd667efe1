package dev.drover.cli;

import dev.drover.api.Fault;
import dev.drover.ports.VmSpec;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the user asked of the demo.
 *
 * @param hosts how many, at least 2
 * @param monitors how many: 1, 3 or 5
 * @param moves how many, back and forth
 * @param packetRate packets a second that the client sends
 * @param json whether the last line of standard output is the report as JSON
 * @param keep whether the cluster runs on when the moves have ended
 * @param prefix of the namespaces' names, as in {@link dev.drover.lab.Layout}
 */
record DemoOptions(
        int hosts,
        int monitors,
        VmSpec.Format format,
        long diskBytes,
        long memoryBytes,
        String load,
        int packetRate,
        int moves,
        Optional<Path> image,
        Optional<Fault> fault,
        boolean json,
        boolean keep,
        String prefix,
        Path stateDirectory) {
    /** Where the demo is when nobody says otherwise. */
    static final Path USUAL = Path.of("/var/lib/drover/demo");
}
