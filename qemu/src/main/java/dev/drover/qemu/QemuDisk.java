package dev.drover.qemu;

import dev.drover.ports.Disk;
import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The disk of a VM's QEMU, by QMP (schemas block-core.json, block-export.json). Snapshot and view
 * are backups with {@code sync=none} into a scratch file: whatever the guest overwrites is kept
 * there first. Rounds are dirty bitmaps that follow each other without a gap.
 */
final class QemuDisk implements Disk {
    private static final String NODE = QemuCommandLine.DISK;
    private static final String SCRATCH = "scratch";
    private static final String BACKUP = "snapshot";
    private static final String BITMAP = "round";

    private final QmpConnection qmp;
    private final Path directory;
    private final Path socket;
    private final BlockEvents events;
    private int round;
    private boolean serving;

    QemuDisk(QmpConnection qmp, Path directory) {
        this.qmp = qmp;
        this.directory = directory;
        this.socket = QemuCommandLine.socket(directory, "nbd.sock");
        this.events = new BlockEvents(qmp);
    }

    @Override
    public long sizeBytes() {
        return node().at("/image/virtual-size").asLong();
    }

    @Override
    public Export snapshot() {
        endTracking();
        makeScratch();
        round = 1;
        addScratch(List.of(addBitmap(round)));
        return export("snapshot", SCRATCH, "snapshot", Optional.empty(), false);
    }

    @Override
    public void dropSnapshot() {
        removeExport("snapshot");
        cancelBackup();
        removeScratch();
    }

    @Override
    public Round nextRound() {
        qmp.execute(
                "transaction",
                Map.of("actions", List.of(addBitmap(round + 1), disableBitmap(round))));
        return offer(round++);
    }

    @Override
    public Round lastRound() {
        qmp.execute("transaction", Map.of("actions", List.of(disableBitmap(round))));
        return offer(round++);
    }

    private Round offer(int number) {
        String name = BITMAP + number;
        long dirty = count(name);
        Export offered =
                dirty == 0
                        ? new Export(socket, name, Optional.of("qemu:dirty-bitmap:" + name))
                        : export(BITMAP, NODE, name, Optional.of(name), false);
        return new Round(number, dirty, offered);
    }

    @Override
    public void endRound() {
        removeExport(BITMAP);
        for (JsonNode bitmap : bitmaps()) {
            if (!bitmap.path("recording").asBoolean()) {
                removeBitmap(bitmap.path("name").asString());
            }
        }
    }

    @Override
    public void endTracking() {
        for (JsonNode export : qmp.execute("query-block-exports")) {
            removeExport(export.path("id").asString());
        }
        stopServing();
        cancelBackup();
        removeScratch();
        for (JsonNode bitmap : bitmaps()) {
            removeBitmap(bitmap.path("name").asString());
        }
        round = 0;
    }

    @Override
    public Export openForWriting() {
        makeScratch();
        return export("target", NODE, "target", Optional.empty(), true);
    }

    @Override
    public void closeForWriting() {
        removeExport("target");
        stopServing();
    }

    @Override
    public Export commitView() {
        addScratch(List.of());
        return export("view", SCRATCH, "view", Optional.empty(), false);
    }

    @Override
    public void dropCommitView() {
        removeExport("view");
        stopServing();
        cancelBackup();
        removeScratch();
    }

    private Path scratch() {
        return directory.resolve("scratch.qcow2");
    }

    /** Made beforehand: in the pause there is no time for it. */
    private void makeScratch() {
        QemuImg.create(scratch(), sizeBytes());
    }

    /** The scratch node, and in one transaction the backup into it and {@code others}. */
    private void addScratch(List<Map<String, ?>> others) {
        qmp.execute(
                "blockdev-add",
                Map.of(
                        "driver",
                        "qcow2",
                        "node-name",
                        SCRATCH,
                        "file",
                        Map.of("driver", "file", "filename", scratch().toString()),
                        "backing",
                        NODE));
        List<Map<String, ?>> actions = new java.util.ArrayList<>(others);
        actions.add(
                Map.of(
                        "type",
                        "blockdev-backup",
                        "data",
                        Map.of(
                                "job-id", BACKUP, "device", NODE, "target", SCRATCH, "sync",
                                "none")));
        qmp.execute("transaction", Map.of("actions", actions));
    }

    private void removeScratch() {
        boolean exists =
                nodes().stream().anyMatch(n -> n.path("node-name").asString().equals(SCRATCH));
        if (exists) {
            qmp.execute("blockdev-del", Map.of("node-name", SCRATCH));
        }
        try {
            Files.deleteIfExists(scratch());
        } catch (IOException e) {
            throw new HypervisorException("The scratch file " + scratch() + " stays", e);
        }
    }

    private void cancelBackup() {
        for (JsonNode job : qmp.execute("query-block-jobs")) {
            String id = job.path("device").asString();
            events.awaitEnd(
                    "JOB_STATUS_CHANGE",
                    id,
                    () -> qmp.execute("block-job-cancel", Map.of("device", id, "force", true)));
        }
    }

    private Export export(
            String id, String node, String name, Optional<String> bitmap, boolean writable) {
        serve();
        Map<String, Object> arguments =
                new java.util.HashMap<>(
                        Map.of(
                                "type",
                                "nbd",
                                "id",
                                id,
                                "node-name",
                                node,
                                "name",
                                name,
                                "writable",
                                writable));
        bitmap.ifPresent(b -> arguments.put("bitmaps", List.of(b)));
        qmp.execute("block-export-add", arguments);
        return new Export(socket, name, bitmap.map(b -> "qemu:dirty-bitmap:" + b));
    }

    private void removeExport(String id) {
        boolean exists = false;
        for (JsonNode export : qmp.execute("query-block-exports")) {
            exists |= export.path("id").asString().equals(id);
        }
        if (exists) {
            events.awaitEnd(
                    "BLOCK_EXPORT_DELETED",
                    id,
                    () -> qmp.execute("block-export-del", Map.of("id", id, "mode", "hard")));
        }
    }

    private void serve() {
        if (!serving) {
            qmp.execute(
                    "nbd-server-start",
                    Map.of(
                            "addr",
                            Map.of("type", "unix", "data", Map.of("path", socket.toString()))));
            serving = true;
        }
    }

    /** Also one that an earlier agent started. */
    private void stopServing() {
        try {
            qmp.execute("nbd-server-stop");
        } catch (QmpException _) {
            serving = false; // There was none.
        }
        serving = false;
    }

    private static Map<String, ?> addBitmap(int number) {
        return Map.of(
                "type",
                "block-dirty-bitmap-add",
                "data",
                Map.of("node", NODE, "name", BITMAP + number, "granularity", GRANULARITY_BYTES));
    }

    private static Map<String, ?> disableBitmap(int number) {
        return Map.of(
                "type",
                "block-dirty-bitmap-disable",
                "data",
                Map.of("node", NODE, "name", BITMAP + number));
    }

    private void removeBitmap(String name) {
        qmp.execute("block-dirty-bitmap-remove", Map.of("node", NODE, "name", name));
    }

    private long count(String bitmap) {
        for (JsonNode each : bitmaps()) {
            if (each.path("name").asString().equals(bitmap)) {
                return each.path("count").asLong();
            }
        }
        throw new HypervisorException("QEMU has lost the dirty bitmap " + bitmap);
    }

    private List<JsonNode> bitmaps() {
        return node().path("dirty-bitmaps").valueStream().toList();
    }

    private JsonNode node() {
        return nodes().stream()
                .filter(n -> n.path("node-name").asString().equals(NODE))
                .findFirst()
                .orElseThrow(() -> new HypervisorException("QEMU has lost its disk"));
    }

    private List<JsonNode> nodes() {
        return qmp.execute("query-named-block-nodes", Map.of("flat", true)).valueStream().toList();
    }
}
