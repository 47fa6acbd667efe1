package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import dev.drover.block.ScriptedNbdServer.Received;
import dev.drover.block.ScriptedNbdServer.Script;
import dev.drover.block.ScriptedNbdServer.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against servers that do as they like. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class NbdClientTest {
    private static final int SIZE = 1 << 20;
    private static final byte[] CONTENT = new byte[SIZE];

    static {
        new Random(1).nextBytes(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void sortsChunksOfPipelinedReadsByHandle(long seed) throws IOException {
        int reads = 16;
        int length = 40_000;
        Script shuffled =
                session -> {
                    Random random = new Random(seed);
                    record Chunk(Received to, int at, int length) {}
                    List<Chunk> chunks = new ArrayList<>();
                    for (Received read : session.receive(reads)) {
                        for (int from = 0; from < length; ) {
                            int count = Math.min(1 + random.nextInt(9000), length - from);
                            chunks.add(new Chunk(read, (int) read.offset() + from, count));
                            from += count;
                        }
                    }
                    Collections.shuffle(chunks, random);
                    List<Received> open = new ArrayList<>();
                    for (Chunk chunk : chunks) {
                        session.data(chunk.to, chunk.at, CONTENT, chunk.at, chunk.length, 0);
                        if (!open.contains(chunk.to)) {
                            open.add(chunk.to);
                        }
                    }
                    Collections.shuffle(open, random);
                    for (Received read : open) {
                        session.done(read);
                    }
                };
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, shuffled);
                NbdClient client = server.connect()) {
            List<NbdRequest> requests = new ArrayList<>();
            List<ByteBuffer> buffers = new ArrayList<>();
            for (int i = 0; i < reads; i++) {
                buffers.add(i % 2 == 0 ? ByteBuffer.allocate(length) : direct(length));
                requests.add(client.startRead(i * 50_000L, buffers.get(i)));
            }
            for (int i = reads - 1; i >= 0; i--) {
                client.await(requests.get(i));
                assertThat(buffers.get(i))
                        .as("read %d, seed %d", i, seed)
                        .isEqualTo(ByteBuffer.wrap(CONTENT, i * 50_000, length));
                assertThat(requests.get(i).dataBytes()).isEqualTo(length);
            }
            server.check();
        }
    }

    @Test
    void holesAreFilledWithZerosAndDoNotCountAsData() throws IOException {
        Script script =
                session -> {
                    Received read = session.receive();
                    session.hole(read, 100_000, 200_000, 0);
                    session.data(read, 0, CONTENT, 0, 100_000, Nbd.REPLY_FLAG_DONE);
                };
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, script);
                NbdClient client = server.connect()) {
            ByteBuffer into = direct(300_000);
            while (into.hasRemaining()) {
                into.put((byte) 7);
            }
            into.flip();
            NbdRequest read = client.startRead(0, into);
            client.await(read);
            assertThat(into.slice(0, 100_000)).isEqualTo(ByteBuffer.wrap(CONTENT, 0, 100_000));
            assertThat(into.slice(100_000, 200_000)).isEqualTo(ByteBuffer.allocate(200_000));
            assertThat(read.dataBytes()).isEqualTo(100_000);
        }
    }

    @Test
    void anErrorBelongsToItsRequestAlone() throws IOException {
        Script script =
                session -> {
                    List<Received> reads = session.receive(3);
                    session.data(reads.get(1), 4096, CONTENT, 0, 100, 0);
                    session.error(reads.get(1), 5, "bad sector", 0);
                    session.data(reads.get(2), 8192, CONTENT, 8192, 4096, Nbd.REPLY_FLAG_DONE);
                    session.done(reads.get(1));
                    session.data(reads.get(0), 0, CONTENT, 0, 4096, Nbd.REPLY_FLAG_DONE);
                    Received write = session.receive();
                    session.simple(write.handle(), 28);
                    Received flush = session.receive();
                    session.simple(flush.handle(), 0);
                    session.receive();
                };
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, script);
                NbdClient client = server.connect()) {
            ByteBuffer first = direct(4096);
            ByteBuffer third = direct(4096);
            NbdRequest one = client.startRead(0, first);
            NbdRequest two = client.startRead(4096, direct(4096));
            NbdRequest three = client.startRead(8192, third);
            client.await(one);
            assertThatThrownBy(() -> client.await(two))
                    .isInstanceOf(NbdRequestException.class)
                    .hasMessageContaining("READ of 4096 bytes at offset 4096")
                    .hasMessageContaining("EIO")
                    .hasMessageContaining("bad sector");
            client.await(three);
            assertThat(first).isEqualTo(ByteBuffer.wrap(CONTENT, 0, 4096));
            assertThat(third).isEqualTo(ByteBuffer.wrap(CONTENT, 8192, 4096));
            assertThatThrownBy(() -> client.write(512, ByteBuffer.allocate(512)))
                    .isInstanceOfSatisfying(
                            NbdRequestException.class,
                            e -> {
                                assertThat(e.errno()).isEqualTo(28);
                                assertThat(e.offset()).isEqualTo(512);
                                assertThat(e.command()).isEqualTo(NbdCommand.WRITE);
                            });
            client.flush();
        }
    }

    @Test
    void aServerThatDiesEndsEveryRequest() throws IOException {
        Script script =
                session -> {
                    Received read = session.receive(3).getFirst();
                    session.data(read, 0, CONTENT, 0, 1000, 0);
                };
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, script);
                NbdClient client = server.connect()) {
            NbdRequest one = client.startRead(0, direct(4096));
            NbdRequest two = client.startRead(4096, direct(4096));
            NbdRequest three = client.startRead(8192, direct(4096));
            assertThatThrownBy(() -> client.await(two))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining("was lost in READ of 4096 bytes at offset 4096")
                    .hasMessageContaining("3 requests unanswered");
            assertThatThrownBy(() -> client.await(one)).hasMessageContaining("has ended");
            assertThatThrownBy(() -> client.await(three)).hasMessageContaining("has ended");
            assertThatThrownBy(client::flush).hasMessageContaining("has ended");
        }
    }

    /** Each is forbidden; the client must neither believe it nor write outside the buffer. */
    @SuppressWarnings("ImmutableEnumChecker") // The lambdas hold nothing.
    enum Malice {
        BEFORE_THE_RANGE((s, r) -> s.data(r, 0, CONTENT, 0, 4096, 1)),
        PAST_THE_RANGE((s, r) -> s.data(r, 8192, CONTENT, 0, 4097, 1)),
        OFFSET_OVERFLOW((s, r) -> s.data(r, Long.MAX_VALUE, CONTENT, 0, 4096, 1)),
        NEGATIVE_OFFSET((s, r) -> s.data(r, -4096, CONTENT, 0, 4096, 1)),
        HOLE_PAST_THE_RANGE((s, r) -> s.hole(r, 8192, -1, 1)),
        PART_MISSING((s, r) -> s.data(r, 8192, CONTENT, 0, 4095, 1)),
        PART_TWICE((s, r) -> {
            s.data(r, 8192, CONTENT, 0, 2048, 0);
            s.data(r, 8192, CONTENT, 0, 2048, 1);
        }),
        NOTHING_AT_ALL(Session::done),
        STRANGE_HANDLE((s, r) -> s.simple(r.handle() + 99, 0)),
        SIMPLE_REPLY_TO_READ((s, r) -> s.simple(r.handle(), 0)),
        UNKNOWN_TYPE((s, r) -> s.chunk(r.handle(), 1, 77, new byte[8])),
        NONE_WITH_CONTENT((s, r) -> s.chunk(r.handle(), 1, 0, new byte[8])),
        STATUS_FOR_A_READ((s, r) -> s.status(r, 0, 1, 4096, 0)),
        NO_MAGIC((s, _) -> s.out.write(new byte[64])),
        ERROR_WITHOUT_NUMBER((s, r) -> s.error(r, 0, "", 1)),
        ENDLESS_ERROR((s, r) -> s.chunk(r.handle(), 1, 0x8001, new byte[1 << 16]));

        private final Answer answer;

        Malice(Answer answer) {
            this.answer = answer;
        }

        interface Answer {
            void to(Session session, Received read) throws IOException;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheProtocolForbidsEndsTheConnection(Malice malice) throws IOException {
        Script script =
                session -> {
                    malice.answer.to(session, session.receive());
                    session.receive();
                };
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, script);
                NbdClient client = server.connect("base:allocation")) {
            ByteBuffer all = direct(3 * 4096);
            assertThatThrownBy(() -> client.read(8192, all.slice(4096, 4096)))
                    .isInstanceOf(NbdException.class)
                    .isNotInstanceOf(NbdRequestException.class)
                    .hasMessageContaining("broke the protocol");
            assertThat(all.slice(0, 4096)).isEqualTo(ByteBuffer.allocate(4096));
            assertThat(all.slice(8192, 4096)).isEqualTo(ByteBuffer.allocate(4096));
            assertThatThrownBy(client::flush).hasMessageContaining("has ended");
        }
    }

    @Test
    void unknownErrorChunksAreErrors() throws IOException {
        Script script =
                session -> {
                    Received read = session.receive();
                    byte[] payload = ByteBuffer.allocate(16).putInt(75).array();
                    session.chunk(read.handle(), 1, Nbd.REPLY_TYPE_FLAG_ERROR | 99, payload);
                    session.simple(session.receive().handle(), 0);
                    session.receive();
                };
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, script);
                NbdClient client = server.connect()) {
            assertThatThrownBy(() -> client.read(0, direct(4096)))
                    .isInstanceOf(NbdRequestException.class)
                    .hasMessageContaining("EOVERFLOW");
            client.flush();
        }
    }

    @Test
    void extentsAreGatheredFromPartialAnswersOfSeveralContexts() throws IOException {
        Script script =
                session -> {
                    Received first = session.receive();
                    session.status(first, 1, 0, 4096, 1, 8192, 0);
                    session.status(first, 0, 1, SIZE, 0);
                    Received second = session.receive();
                    assertThat(second.offset()).isEqualTo(4096 + 8192);
                    // The last extent may reach past what was asked for.
                    session.status(second, 1, 1, 4096, 0, SIZE, 1);
                    session.receive();
                };
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, script);
                NbdClient client =
                        server.connect(ScriptedNbdServer.CONTEXTS.toArray(String[]::new))) {
            assertThat(client.extents("qemu:dirty-bitmap:b0", 0, SIZE))
                    .containsExactly(
                            new Extent(0, 4096, 1),
                            new Extent(4096, 12288, 0),
                            new Extent(16384, SIZE - 16384, 1));
            server.check();
        }
    }

    @Test
    void aServerWithoutStructuredRepliesIsReadToo() throws IOException {
        Script script =
                session -> {
                    List<Received> reads = session.receive(2);
                    for (Received read : reads.reversed()) {
                        session.simple(read.handle(), 0);
                        session.out.write(CONTENT, (int) read.offset(), read.length());
                    }
                    session.receive();
                };
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, false, script);
                NbdClient client = server.connect("base:allocation")) {
            assertThat(client.hasContext("base:allocation")).isFalse();
            ByteBuffer first = direct(100_000);
            ByteBuffer second = direct(100_000);
            NbdRequest one = client.startRead(5, first);
            NbdRequest two = client.startRead(200_000, second);
            client.await(one);
            client.await(two);
            assertThat(first).isEqualTo(ByteBuffer.wrap(CONTENT, 5, 100_000));
            assertThat(second).isEqualTo(ByteBuffer.wrap(CONTENT, 200_000, 100_000));
        }
    }

    @Test
    void aRefusedExportIsNamedAndTheHandshakeGoesOn() throws IOException {
        Script script = Session::receive;
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, script);
                NbdHandshake handshake = NbdHandshake.over(server.socket())) {
            assertThatThrownBy(() -> handshake.open("other", "base:allocation"))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining("refused export 'other': it has no such export")
                    .hasMessageContaining("never heard of it");
            try (NbdClient client = handshake.open("disk", "base:allocation", "no:such")) {
                assertThat(client.size()).isEqualTo(SIZE);
                assertThat(client.hasContext("base:allocation")).isTrue();
                assertThat(client.hasContext("no:such")).isFalse();
                assertThatThrownBy(() -> client.extents("no:such", 0, SIZE))
                        .hasMessageContaining("no metadata context 'no:such'");
            }
        }
    }

    @Test
    void startingWithoutAwaitingLocksNothingUp() throws IOException {
        MemoryDisk disk = new MemoryDisk(SIZE);
        try (ScriptedNbdServer server = disk.serve();
                NbdClient client = server.connect()) {
            List<NbdRequest> writes = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                writes.add(client.startWrite(i, ByteBuffer.wrap(CONTENT, i, 1)));
            }
            for (NbdRequest write : writes) {
                client.await(write);
            }
            assertThat(ByteBuffer.wrap(disk.content, 0, 20_000))
                    .isEqualTo(ByteBuffer.wrap(CONTENT, 0, 20_000));
        }
    }

    @Test
    void closeFromAnotherThreadEndsAWait() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        Script silent =
                session -> {
                    session.receive();
                    asked.countDown();
                    session.receive();
                };
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, silent);
                NbdClient client = server.connect()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread reader =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    client.read(0, direct(4096));
                                } catch (IOException e) {
                                    thrown.set(e);
                                }
                            });
            asked.await();
            end(client);
            reader.join();
            assertThat(thrown.get()).isInstanceOf(NbdException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptEndsAWait(boolean virtual) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        Script silent =
                session -> {
                    session.receive();
                    asked.countDown();
                    session.receive();
                };
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, silent);
                NbdClient client = server.connect()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Runnable read =
                    () -> {
                        try {
                            client.read(0, direct(4096));
                        } catch (IOException e) {
                            thrown.set(e);
                        }
                    };
            Thread reader =
                    virtual ? Thread.ofVirtual().start(read) : Thread.ofPlatform().start(read);
            asked.await();
            reader.interrupt();
            reader.join();
            assertThat(thrown.get()).isInstanceOf(ClosedByInterruptException.class);
        }
    }

    @Test
    void requestsOutsideTheExportAreRefusedUnsent() throws IOException {
        try (ScriptedNbdServer server = new ScriptedNbdServer(SIZE, Session::receive);
                NbdClient client = server.connect()) {
            assertThatThrownBy(() -> client.read(SIZE - 1, direct(2)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.read(-1, direct(2)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.startWriteZeroes(0, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.startBlockStatus(Long.MAX_VALUE, 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void end(NbdClient client) throws IOException {
        client.close();
    }

    private static ByteBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length);
    }
}
