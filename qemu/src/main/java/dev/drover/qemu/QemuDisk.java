package dev.drover.qemu;

import dev.drover.ports.Disk;
import dev.drover.ports.HypervisorException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * The disk of a VM as nodes, bitmaps, jobs and NBD exports of its QEMU.
 *
 * <pre>
 *   snapshot     scratch (qcow2, backing: disk) filled by a backup job with sync=none, which copies
 *                what the guest is about to overwrite; begun in one transaction with the first bitmap
 *   round n      bitmap n+1 made and bitmap n disabled in one transaction; disk and bitmap n exported
 *   target       the inactive disk exported writable; the scratch of the commit view made beside it,
 *                so that the view itself costs one command in the pause
 * </pre>
 */
final class QemuDisk implements Disk {
    private static final String DISK = QemuCommandLine.DISK_NODE;

    /** Bytes of a bit: small ones make the last round small (4-9 MiB to 1-1.5 MiB measured). */
    private static final int GRANULARITY = 4096;

    private static final String SNAPSHOT = "snapshot";
    private static final String ROUND = "round";
    private static final String VOLUME = "volume";
    private static final String VIEW = "view";

    private final Supplier<QmpConnection> qmp;
    private final QemuProcess process;
    private final long sizeBytes;
    private int round;

    QemuDisk(Supplier<QmpConnection> qmp, QemuProcess process, long sizeBytes) {
        this.qmp = qmp;
        this.process = process;
        this.sizeBytes = sizeBytes;
    }

    private BlockGraph graph() {
        return new BlockGraph(qmp.get(), process);
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public synchronized Export snapshot() {
        BlockGraph graph = graph();
        graph.clear();
        round = 0;
        graph.startServer();
        graph.addScratch(SNAPSHOT, sizeBytes);
        graph.qmp()
                .execute(
                        "transaction",
                        Map.of(
                                "actions",
                                List.of(
                                        addBitmap(1).asAction(),
                                        graph.backup(SNAPSHOT).asAction())));
        graph.qmp().execute(graph.export(SNAPSHOT, BlockGraph.scratchNode(SNAPSHOT), false));
        return new Export(graph.socket(), SNAPSHOT, Optional.empty());
    }

    @Override
    public synchronized void dropSnapshot() {
        graph().dropScratch(SNAPSHOT);
    }

    @Override
    public synchronized Round nextRound() {
        int next = round + 1;
        return offer(
                next,
                QmpCommand.of(
                        "transaction",
                        Map.of(
                                "actions",
                                List.of(
                                        addBitmap(next + 1).asAction(),
                                        disableBitmap(next).asAction()))));
    }

    @Override
    public synchronized Round lastRound() {
        int next = round + 1;
        return offer(next, disableBitmap(next));
    }

    /** Three commands, sent at once. */
    private Round offer(int number, QmpCommand cut) {
        BlockGraph graph = graph();
        String bitmap = bitmap(number);
        List<JsonNode> answers =
                graph.qmp()
                        .executeAll(
                                List.of(
                                        cut,
                                        exportWithBitmap(bitmap),
                                        QmpCommand.of(
                                                "query-named-block-nodes", Map.of("flat", true))));
        round = number;
        return new Round(
                number,
                BlockGraph.dirtyBytes(answers.getLast(), bitmap),
                new Export(graph.socket(), ROUND, Optional.of("qemu:dirty-bitmap:" + bitmap)));
    }

    private static QmpCommand exportWithBitmap(String bitmap) {
        return QmpCommand.of(
                "block-export-add",
                Map.of(
                        "type",
                        "nbd",
                        "id",
                        ROUND,
                        "node-name",
                        DISK,
                        "name",
                        ROUND,
                        "writable",
                        false,
                        "bitmaps",
                        List.of(bitmap)));
    }

    @Override
    public synchronized void endRound() {
        BlockGraph graph = graph();
        graph.dropExport(ROUND);
        graph.removeBitmap(bitmap(round));
    }

    @Override
    public synchronized void endTracking() {
        graph().clear();
        round = 0;
    }

    @Override
    public synchronized Export openForWriting() {
        BlockGraph graph = graph();
        graph.clear();
        graph.startServer();
        graph.qmp().execute(graph.export(VOLUME, DISK, true));
        graph.addScratch(VIEW, sizeBytes);
        // Exporting it activates it: what is added to a QEMU that waits for a guest is inactive.
        graph.qmp().execute(graph.export(VIEW, BlockGraph.scratchNode(VIEW), false));
        return new Export(graph.socket(), VOLUME, Optional.empty());
    }

    @Override
    public synchronized void closeForWriting() {
        BlockGraph graph = graph();
        if (graph.dropExport(VOLUME)) {
            graph.flush();
        }
    }

    @Override
    public synchronized Export commitView() {
        BlockGraph graph = graph();
        try {
            graph.qmp().execute(graph.backup(VIEW));
        } catch (QmpException e) {
            throw new HypervisorException(
                    "A view of the disk is prepared by opening the disk for writing; was it?", e);
        }
        return new Export(graph.socket(), VIEW, Optional.empty());
    }

    @Override
    public synchronized void dropCommitView() {
        graph().dropScratch(VIEW);
    }

    private static String bitmap(int number) {
        return "drover-" + number;
    }

    private static QmpCommand addBitmap(int number) {
        return QmpCommand.of(
                "block-dirty-bitmap-add",
                Map.of("node", DISK, "name", bitmap(number), "granularity", GRANULARITY));
    }

    private static QmpCommand disableBitmap(int number) {
        return QmpCommand.of(
                "block-dirty-bitmap-disable", Map.of("node", DISK, "name", bitmap(number)));
    }
}
