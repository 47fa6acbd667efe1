package dev.drover.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a JVM learns in one run of a service, so that later ones start faster and are quicker where
 * they do something for the first time, the pause of a move above all: the JDK's ahead-of-time
 * cache (JEP 483, 514 and 515). The JVM checks that a cache is of the same classes. Thread-safe.
 */
final class Learning {
    private static final Logger LOG = LoggerFactory.getLogger(Learning.class);

    /** Where {@code ./drover} says that caches may be kept; without it nobody learns. */
    private static final String DIRECTORY = "drover.caches";

    /** The JVM makes the cache when it ends; some 12 s, all of them together. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Of a JVM that was ended by SIGTERM, in order. */
    private static final int ENDED = 128 + 15;

    /** In the names of files that are being written; the JVM appends to it. */
    private static final String FRESH = ".new";

    private final Optional<Path> directory;
    private final Map<String, Process> pupils = new ConcurrentHashMap<>();

    private Learning(Optional<Path> directory) {
        this.directory = directory;
    }

    /** By the launcher's leave. */
    static Learning ofLauncher() {
        Optional<Path> directory =
                Optional.ofNullable(System.getProperty(DIRECTORY))
                        .map(Path::of)
                        .filter(Files::isWritable);
        directory.ifPresent(Learning::removeUnfinished);
        return new Learning(directory);
    }

    static Learning none() {
        return new Learning(Optional.empty());
    }

    /** The JVM's options: to use what was learnt, or nothing. */
    List<String> use(String service) {
        return directory
                .map(d -> cache(d, service))
                .filter(Files::exists)
                .map(file -> List.of("-XX:AOTCache=" + file, "-Xlog:aot=off", "-Xlog:cds=off"))
                .orElse(List.of());
    }

    /** The JVM's options for a service of which nothing is known yet; else empty. */
    List<String> learn(String service) {
        return directory
                .filter(d -> !Files.exists(cache(d, service)) && !pupils.containsKey(service))
                .map(d -> List.of("-XX:AOTCacheOutput=" + fresh(d, service), "-Xlog:aot=off"))
                .orElse(List.of());
    }

    void begun(String service, Process process) {
        pupils.put(service, process);
    }

    boolean isPupil(Process process) {
        return pupils.containsValue(process);
    }

    boolean isUnderWay() {
        return !pupils.isEmpty();
    }

    /** Ends those who learn, in order, and keeps what they have learnt. */
    void keep() {
        pupils.values().forEach(Process::destroy);
        long until = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (Map.Entry<String, Process> pupil : pupils.entrySet()) {
                keep(pupil.getKey(), pupil.getValue(), until - System.nanoTime());
            }
        } catch (IOException e) {
            LOG.warn("What was learnt is not kept", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            pupils.values().forEach(Process::destroyForcibly);
        }
    }

    /** What a run that was killed left: only one run at a time has the demo's namespaces. */
    private static void removeUnfinished(Path directory) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + FRESH + "*")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("What an earlier run left in {} stays", directory, e);
        }
    }

    private void keep(String service, Process pupil, long nanos)
            throws IOException, InterruptedException {
        Path learnt = fresh(directory.orElseThrow(), service);
        boolean ended = pupil.waitFor(nanos, TimeUnit.NANOSECONDS) && pupil.exitValue() == ENDED;
        if (ended && Files.exists(learnt)) {
            Path cache = cache(directory.orElseThrow(), service);
            Files.move(learnt, cache, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Another JVM learns anew. */
    private static Path cache(Path directory, String service) {
        return directory.resolve(service + "-" + Runtime.version() + ".aot");
    }

    /** Of this run only: what an earlier one left unfinished is never taken for it. */
    private static Path fresh(Path directory, String service) {
        return directory.resolve(service + "-" + ProcessHandle.current().pid() + FRESH);
    }
}
