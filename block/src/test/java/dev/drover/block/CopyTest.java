package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link ImagePull} and {@link RoundPull} between disks in memory. */
@Timeout(value = 20, threadMode = SEPARATE_THREAD)
class CopyTest {
    private static final int SIZE = 8 << 20;
    private static final String BITMAP = "qemu:dirty-bitmap:b0";
    private static final CopySettings SMALL = new CopySettings(16 << 10, 3, 4096);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anImageArrivesWithItsHoles(long seed) throws Exception {
        MemoryDisk source = new MemoryDisk(SIZE + 512);
        MemoryDisk target = new MemoryDisk(SIZE + 512);
        long data = scatter(source, new Random(seed), true);
        Outcome outcome = pull(source, target, SMALL);
        assertThat(target.content).as("seed %d", seed).isEqualTo(source.content);
        assertThat(outcome.extentBytes()).isEqualTo(source.readBytes.get()).isLessThan(SIZE);
        assertThat(outcome.sentBytes()).isEqualTo(outcome.extentBytes());
        assertThat(outcome.writtenBytes()).isEqualTo(data);
        assertThat(outcome.blocks()).isEqualTo(target.writes.get());
        assertThat(target.zeroWrites).hasValue(0);
        assertThat(target.allocated.cardinality()).isEqualTo(Math.ceilDiv(data, 4096));
    }

    @Test
    void whatABrokenPullLeftIsWiped() throws Exception {
        MemoryDisk source = new MemoryDisk(SIZE);
        MemoryDisk target = new MemoryDisk(SIZE);
        scatter(source, new Random(6), false);
        scatter(target, new Random(7), false);
        pull(source, target, CopySettings.IMAGE);
        assertThat(target.content).isEqualTo(source.content);
        assertThat(target.allocated).isEqualTo(source.allocated);
    }

    /** Thousands of small writes, each with an answer that somebody must take. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everySecondBlockZeroLocksNothingUp(boolean round) throws Exception {
        MemoryDisk source = new MemoryDisk(4 * SIZE);
        MemoryDisk target = new MemoryDisk(4 * SIZE);
        for (int at = 0; at < 4 * SIZE; at += 2 * MemoryDisk.BLOCK) {
            source.put(at, filled(MemoryDisk.BLOCK));
            source.put(at + MemoryDisk.BLOCK, new byte[MemoryDisk.BLOCK]);
        }
        if (round) {
            round(source, target, CopySettings.IMAGE);
        } else {
            pull(source, target, CopySettings.IMAGE);
        }
        assertThat(target.content).isEqualTo(source.content);
    }

    @Test
    void progressTellsRateAndRemainingTime() throws Exception {
        MemoryDisk source = new MemoryDisk(SIZE);
        MemoryDisk target = new MemoryDisk(SIZE);
        source.put(0, filled(1 << 20));
        AtomicLong clock = new AtomicLong();
        List<PullProgress> told = new ArrayList<>();
        try (ScriptedNbdServer from = source.serve();
                ScriptedNbdServer to = target.serve();
                NbdClient in = from.connect(NbdClient.ALLOCATION);
                NbdClient out = to.connect(NbdClient.ALLOCATION)) {
            new ImagePull(CopySettings.IMAGE, () -> clock.getAndAdd(100_000_000))
                    .pull(in, out, told::add);
        }
        assertThat(told.getFirst().doneBytes()).isZero();
        assertThat(told.getFirst().totalBytes()).isEqualTo(1 << 20);
        assertThat(told.getFirst().remaining()).isEmpty();
        assertThat(told).extracting(PullProgress::doneBytes).isSorted().hasSizeGreaterThan(3);
        PullProgress some = told.get(1);
        double seconds = (double) some.doneBytes() / some.bytesPerSecond();
        assertThat(some.remaining().orElseThrow().toNanos() / 1e9)
                .isCloseTo(
                        seconds * (some.totalBytes() - some.doneBytes()) / some.doneBytes(),
                        withPercentage(1));
        assertThat(told.getLast().doneBytes()).isEqualTo(1 << 20);
        assertThat(told.getLast().remaining()).contains(Duration.ZERO);
    }

    @Test
    void aFailedReadNamesItsPlace() throws Exception {
        MemoryDisk source = new MemoryDisk(SIZE);
        MemoryDisk target = new MemoryDisk(SIZE);
        source.put(0, filled(SIZE));
        try (ScriptedNbdServer from = source.serve();
                ScriptedNbdServer to = target.serve();
                NbdClient in = from.connect();
                NbdClient out = to.connect()) {
            source.failingOffset = 5 << 20;
            assertThatThrownBy(() -> new ImagePull(SMALL).pull(in, out, _ -> {}))
                    .isInstanceOfSatisfying(
                            NbdRequestException.class,
                            e -> {
                                assertThat(e.command()).isEqualTo(NbdCommand.READ);
                                assertThat(e.offset()).isEqualTo(5 << 20);
                            });
        }
    }

    @Test
    void aFailedWriteNamesItsPlace() throws Exception {
        MemoryDisk source = new MemoryDisk(SIZE);
        MemoryDisk target = new MemoryDisk(SIZE);
        source.put(0, filled(SIZE));
        // In the last piece: a write that is only awaited at the end must not be forgotten.
        target.failingOffset = SIZE - 1;
        assertThatThrownBy(() -> pull(source, target, new CopySettings(1 << 20, 16, 4096)))
                .isInstanceOfSatisfying(
                        NbdRequestException.class,
                        e -> assertThat(e.command()).isEqualTo(NbdCommand.WRITE));
    }

    @Test
    void anInterruptEndsAPull() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        ScriptedNbdServer.Script stuck =
                session -> {
                    session.receive();
                    reading.countDown();
                    session.receive(1000);
                };
        MemoryDisk target = new MemoryDisk(SIZE);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (ScriptedNbdServer from = new ScriptedNbdServer(SIZE, stuck);
                ScriptedNbdServer to = target.serve();
                NbdClient in = from.connect();
                NbdClient out = to.connect()) {
            Thread puller =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    new ImagePull(SMALL).pull(in, out, _ -> {});
                                } catch (IOException | InterruptedException e) {
                                    thrown.set(e);
                                }
                            });
            reading.await();
            puller.interrupt();
            puller.join();
        }
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aSmallerVolumeIsRefused() {
        assertThatThrownBy(() -> pull(new MemoryDisk(SIZE), new MemoryDisk(SIZE - 512), SMALL))
                .hasMessageContaining("make it as large as the image");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aRoundCopiesWhatIsDirtyAndNothingElse(long seed) throws Exception {
        Random random = new Random(seed);
        MemoryDisk source = new MemoryDisk(SIZE + 512);
        MemoryDisk target = new MemoryDisk(SIZE + 512);
        scatter(source, random, false);
        pull(source, target, SMALL);
        source.dirty.clear();
        scatter(source, random, true);
        source.put(4096 * 3, new byte[4096 * 2]); // Became zeros: must become zeros there.
        source.put(SIZE, filled(512)); // The last block is shorter than a granule.
        byte[] expected = source.content.clone();
        int clean = source.dirty.nextClearBit(0) * 4096;
        source.content[clean] ^= 1; // Not in the bitmap: must not be copied.
        target.writes.set(0);
        Outcome outcome = round(source, target, SMALL);
        assertThat(target.content).as("seed %d", seed).isEqualTo(expected);
        assertThat(outcome.countedBytes(4096)).isEqualTo(source.dirty.cardinality() * 4096L);
        assertThat(outcome.extentBytes()).isEqualTo(outcome.countedBytes(4096) - 4096 + 512);
        assertThat(outcome.blocks()).isEqualTo(target.writes.get());
        assertThat(target.zeroWrites.get()).isPositive();
        assertThat(target.flushes).hasValue(1);
    }

    @Test
    void anEmptyRoundOnlyFlushes() throws Exception {
        MemoryDisk target = new MemoryDisk(SIZE);
        Outcome outcome = round(new MemoryDisk(SIZE), target, SMALL);
        assertThat(outcome).isEqualTo(new Outcome(0, 0, 0, 0, 0));
        assertThat(outcome.countedBytes(65536)).isZero();
        assertThat(target.flushes).hasValue(1);
    }

    @Test
    void aRoundWithoutItsBitmapIsRefused() throws Exception {
        MemoryDisk source = new MemoryDisk(SIZE);
        MemoryDisk target = new MemoryDisk(SIZE);
        try (ScriptedNbdServer from = source.serve();
                ScriptedNbdServer to = target.serve();
                NbdClient in = from.connect(NbdClient.ALLOCATION);
                NbdClient out = to.connect()) {
            assertThatThrownBy(() -> new RoundPull(out, SMALL).pull(in, BITMAP))
                    .hasMessageContaining("no metadata context '" + BITMAP + "'");
        }
    }

    @Test
    void aRehearsalChangesNothing() throws Exception {
        MemoryDisk source = new MemoryDisk(SIZE);
        MemoryDisk target = new MemoryDisk(SIZE);
        scatter(source, new Random(8), false);
        scatter(target, new Random(9), false);
        byte[] before = target.content.clone();
        try (ScriptedNbdServer from = source.serve();
                ScriptedNbdServer to = target.serve();
                NbdClient in = from.connect();
                NbdClient out = to.connect(NbdClient.ALLOCATION)) {
            new RoundPull(out, CopySettings.ROUND).rehearse(in, 64);
        }
        assertThat(target.content).isEqualTo(before);
        assertThat(target.zeroWrites).hasValue(0);
        assertThat(target.writes).hasPositiveValue();
    }

    private static Outcome pull(MemoryDisk source, MemoryDisk target, CopySettings settings)
            throws IOException, InterruptedException {
        try (ScriptedNbdServer from = source.serve();
                ScriptedNbdServer to = target.serve();
                NbdClient in = from.connect(NbdClient.ALLOCATION);
                NbdClient out = to.connect(NbdClient.ALLOCATION)) {
            Outcome outcome = new ImagePull(settings).pull(in, out, _ -> {});
            from.check();
            to.check();
            return outcome;
        }
    }

    private static Outcome round(MemoryDisk source, MemoryDisk target, CopySettings settings)
            throws IOException, InterruptedException {
        try (ScriptedNbdServer from = source.serve();
                ScriptedNbdServer to = target.serve();
                NbdHandshake ready = NbdHandshake.over(from.socket());
                NbdClient out = to.connect()) {
            return new RoundPull(out, settings).pull(ready, "disk", BITMAP);
        }
    }

    /** Writes 60 stretches at random places, some of them zeros; returns the bytes not zero. */
    private static long scatter(MemoryDisk disk, Random random, boolean zeros) {
        for (int i = 0; i < 60; i++) {
            int blocks = 1 + random.nextInt(20);
            int at = random.nextInt(SIZE / 4096 - blocks) * 4096;
            byte[] bytes = filled(blocks * 4096);
            if (zeros && i % 3 == 0) {
                bytes = new byte[blocks * 4096];
            }
            disk.put(at, bytes);
        }
        long data = 0;
        for (int at = 0; at < SIZE; at += 4096) {
            data += disk.content[at] == 0 ? 0 : 4096;
        }
        return data;
    }

    /** No block of it is zero, no two alike. */
    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        for (int at = 0; at < length; at += 512) {
            bytes[at] = 1;
        }
        return bytes;
    }
}
