package dev.drover.qemu;

import dev.drover.ports.HypervisorException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What a move adds to QEMU's block graph, and how it is taken away again.
 *
 * @param qmp the monitor
 * @param process where the files and sockets lie
 */
record BlockGraph(QmpConnection qmp, QemuProcess process) {
    private static final String DISK = QemuCommandLine.DISK_NODE;
    private static final String SCRATCH_PREFIX = "scratch-";
    private static final Duration AN_END = Duration.ofSeconds(20);

    /** The NBD server's socket; there is one server a QEMU. */
    Path socket() {
        return process.socket(QemuProcess.NBD);
    }

    static String scratchNode(String name) {
        return SCRATCH_PREFIX + name;
    }

    private static String fileNode(String name) {
        return SCRATCH_PREFIX + name + "-file";
    }

    private Path scratchFile(String name) {
        return process.socket(SCRATCH_PREFIX + name + ".qcow2");
    }

    /**
     * The server stays for as long as the process: {@code nbd-server-stop} waits for its clients in
     * QEMU's main loop, and was seen to wait there without end, the guest standing still, after a
     * client had just gone (Debian's 7.2.22). Without exports the server offers nothing.
     */
    void startServer() {
        try {
            qmp.execute(
                    "nbd-server-start",
                    Map.of(
                            "addr",
                            Map.of("type", "unix", "data", Map.of("path", socket().toString()))));
        } catch (QmpException e) {
            if (!e.description().contains("already running")) {
                throw e;
            }
        }
    }

    /** An NBD export by the name {@code name}, also its id. */
    QmpCommand export(String name, String node, boolean writable) {
        return QmpCommand.of(
                "block-export-add",
                Map.of(
                        "type", "nbd",
                        "id", name,
                        "node-name", node,
                        "name", name,
                        "writable", writable));
    }

    /** A job that copies into the scratch node what is about to be overwritten in the disk. */
    QmpCommand backup(String name) {
        return QmpCommand.of(
                "blockdev-backup",
                Map.of(
                        "job-id",
                        name,
                        "device",
                        DISK,
                        "target",
                        scratchNode(name),
                        "sync",
                        "none"));
    }

    /** An empty qcow2 file, thrown away after the move, whose backing node is the disk. */
    void addScratch(String name, long sizeBytes) {
        Path file = scratchFile(name);
        try {
            ScratchImage.create(file, sizeBytes);
        } catch (IOException e) {
            throw new HypervisorException("A scratch file cannot be made", e);
        }
        Map<String, Boolean> cache = Map.of("direct", false, "no-flush", true);
        QmpCommand fileNode =
                add(
                        Map.of(
                                "driver",
                                "file",
                                "node-name",
                                fileNode(name),
                                "filename",
                                file.toString(),
                                "discard",
                                "unmap",
                                "cache",
                                cache));
        QmpCommand scratchNode =
                add(
                        Map.of(
                                "driver",
                                "qcow2",
                                "node-name",
                                scratchNode(name),
                                "file",
                                fileNode(name),
                                "backing",
                                DISK,
                                "cache",
                                cache));
        qmp.executeAll(List.of(fileNode, scratchNode));
    }

    private static QmpCommand add(Map<String, ?> node) {
        return QmpCommand.of("blockdev-add", node);
    }

    /** Removes scratch node and file with their export and job, as far as they are there. */
    void dropScratch(String name) {
        dropExport(name);
        endJob(name);
        for (String node : List.of(scratchNode(name), fileNode(name))) {
            if (nodes().anyMatch(n -> nodeName(n).equals(node))) {
                qmp.execute("blockdev-del", Map.of("node-name", node));
            }
        }
        deleteFile(scratchFile(name));
    }

    private static void deleteFile(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new HypervisorException("A scratch file cannot be removed", e);
        }
    }

    /**
     * Removes an export, whoever is connected to it.
     *
     * @return false when there was none
     */
    boolean dropExport(String id) {
        try (QmpEvents events = qmp.subscribe("BLOCK_EXPORT_DELETED")) {
            qmp.execute("block-export-del", Map.of("id", id, "mode", "hard"));
            events.await("the end of an export", e -> e.text("id").equals(id), AN_END);
            return true;
        } catch (QmpException e) {
            if (e.saysNotFound()) {
                return false;
            }
            throw e;
        }
    }

    private void endJob(String id) {
        if (jobs().noneMatch(j -> j.path("id").asString("").equals(id))) {
            return;
        }
        try (QmpEvents events = qmp.subscribe("JOB_STATUS_CHANGE")) {
            qmp.execute("block-job-cancel", Map.of("device", id, "force", true));
            events.await(
                    "the end of a job",
                    e -> e.text("id").equals(id) && e.text("status").equals("null"),
                    AN_END);
        }
    }

    /** Removes a bitmap of the disk when it is there. */
    void removeBitmap(String name) {
        try {
            qmp.execute("block-dirty-bitmap-remove", Map.of("node", DISK, "name", name));
        } catch (QmpException e) {
            if (!e.saysNotFound()) {
                throw e;
            }
        }
    }

    /** Puts what QEMU holds in its own caches onto stable storage. */
    void flush() {
        String said =
                qmp.execute(
                                // QMP has no command for it; this answers with what went wrong.
                                "human-monitor-command",
                                Map.of("command-line", "qemu-io " + DISK + " flush"))
                        .asString("");
        if (!said.isBlank()) {
            throw new HypervisorException("QEMU could not flush the disk: " + said.strip());
        }
    }

    /**
     * Removes every export, job, bitmap and node that a move may have made, also those that are
     * unknown here. A bitmap that lives in the image is the user's and stays.
     */
    void clear() {
        exports().map(e -> e.path("id").asString("")).toList().forEach(this::dropExport);
        jobs().map(j -> j.path("id").asString("")).toList().forEach(this::endJob);
        bitmaps(nodes().toList())
                .filter(b -> !b.path("persistent").asBoolean(false))
                .map(b -> b.path("name").asString(""))
                .forEach(this::removeBitmap);
        List<String> left =
                nodes().map(BlockGraph::nodeName)
                        .filter(n -> n.startsWith(SCRATCH_PREFIX))
                        .toList();
        Stream.concat(
                        left.stream().filter(n -> !n.endsWith("-file")),
                        left.stream().filter(n -> n.endsWith("-file")))
                .forEach(n -> qmp.execute("blockdev-del", Map.of("node-name", n)));
        deleteScratchFiles();
    }

    private void deleteScratchFiles() {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(
                        process.socket(QemuProcess.NBD).getParent(), SCRATCH_PREFIX + "*.qcow2")) {
            files.forEach(BlockGraph::deleteFile);
        } catch (IOException e) {
            throw new HypervisorException("The VM's directory cannot be read", e);
        }
    }

    private Stream<JsonNode> exports() {
        return qmp.execute("query-block-exports").values().stream();
    }

    private Stream<JsonNode> jobs() {
        return qmp.execute("query-jobs").values().stream();
    }

    private Stream<JsonNode> nodes() {
        return qmp.execute("query-named-block-nodes", Map.of("flat", true)).values().stream();
    }

    private static String nodeName(JsonNode node) {
        return node.path("node-name").asString("");
    }

    private static Stream<JsonNode> bitmaps(Iterable<JsonNode> nodes) {
        for (JsonNode node : nodes) {
            if (nodeName(node).equals(DISK)) {
                return node.path("dirty-bitmaps").values().stream();
            }
        }
        return Stream.of();
    }

    /** What {@code query-named-block-nodes} says of a bitmap of the disk: the bytes it marks. */
    static long dirtyBytes(JsonNode nodes, String bitmap) {
        return bitmaps(nodes)
                .filter(b -> b.path("name").asString("").equals(bitmap))
                .mapToLong(b -> b.path("count").asLong(0))
                .sum();
    }
}
