package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.ports.VmSpec.Format;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rounds out of a real dirty bitmap: a persistent one of a qcow2 image, written by qemu-io. */
@Timeout(180)
class RoundPullIT {
    private static final int GRANULARITY = 4096;

    /** No multiple of the granularity: the last granule is cut. */
    private static final long SIZE = (96L << 20) + 1536;

    private static final String BITMAP = "qemu:dirty-bitmap:b0";

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({"RAW,1", "QCOW2,2", "RAW,3", "QCOW2,4"})
    void threeRoundsLeaveTheTargetEqual(Format format, long seed) throws Exception {
        Random random = new Random(seed);
        Path raw = directory.resolve("made.raw");
        RandomImage.make(raw, SIZE, 100, random);
        Path source = directory.resolve("source.qcow2");
        NbdProcess.run(
                "qemu-img",
                "convert",
                "-f",
                "raw",
                "-O",
                "qcow2",
                raw.toString(),
                source.toString());
        Path volume = directory.resolve("volume");
        Volumes.create(volume, format, SIZE, 0);
        try (NbdProcess here = NbdProcess.qemu("--format=" + format.label(), volume.toString());
                NbdClient target = here.connect(NbdClient.ALLOCATION)) {
            pullImage(source, target);
            RoundPull rounds = new RoundPull(target, CopySettings.ROUND);
            for (int round = 1; round <= 3; round++) {
                bitmap("--add", "-g", "4096", source.toString(), "b0");
                BitSet dirty = write(source, random);
                bitmap("--disable", source.toString(), "b0");
                Outcome outcome = pullRound(source, rounds);
                assertThat(outcome.countedBytes(GRANULARITY))
                        .as("round %d, seed %d", round, seed)
                        .isEqualTo((long) dirty.cardinality() * GRANULARITY);
                bitmap("--remove", source.toString(), "b0");
            }
        }
        NbdProcess.run(
                "qemu-img",
                "compare",
                "-f",
                "qcow2",
                "-F",
                format.label(),
                source.toString(),
                volume.toString());
    }

    private static void pullImage(Path source, NbdClient target) throws Exception {
        try (NbdProcess there =
                        NbdProcess.qemu("--read-only", "--format=qcow2", source.toString());
                NbdClient image = there.connect(NbdClient.ALLOCATION)) {
            new ImagePull(CopySettings.IMAGE).pull(image, target, _ -> {});
        }
    }

    /** Over a connection made ready before the export is chosen, as in the pause. */
    private static Outcome pullRound(Path source, RoundPull rounds) throws Exception {
        try (NbdProcess there =
                        NbdProcess.qemu(
                                "--read-only", "--format=qcow2", "--bitmap=b0", source.toString());
                NbdClient image = there.connect();
                NbdHandshake ready = NbdHandshake.over(there.socket())) {
            rounds.rehearse(image, 64);
            return rounds.pull(ready, "disk", BITMAP);
        }
    }

    private static void bitmap(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("qemu-img", "bitmap", "-f", "qcow2"));
        command.addAll(List.of(arguments));
        NbdProcess.run(command.toArray(String[]::new));
    }

    /** Writes data and zeros as a guest would, the end of the disk among them. */
    private static BitSet write(Path image, Random random)
            throws IOException, InterruptedException {
        BitSet dirty = new BitSet();
        List<String> command = new ArrayList<>(List.of("qemu-io", "-f", "qcow2"));
        for (int i = 0; i < 80; i++) {
            long length = 512L * (1 + random.nextInt(i % 10 == 0 ? 900 : 12));
            long at = 512L * random.nextLong((SIZE - length) / 512);
            if (i == 0) {
                at = SIZE - length;
            }
            String how = i % 4 == 1 ? "write -z -u" : "write -P " + (1 + random.nextInt(255));
            command.add("-c");
            command.add(how + " " + at + " " + length);
            dirty.set((int) (at / GRANULARITY), (int) Math.ceilDiv(at + length, GRANULARITY));
        }
        command.add(image.toString());
        NbdProcess.run(command.toArray(String[]::new));
        return dirty;
    }
}
