package dev.drover.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;

/**
 * A ZooKeeper server in this process, by itself or one of an {@link Ensemble}. Its clients reach it
 * on the loopback interface only.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {
    /** It is up in about a second; 15 s were seen on a machine that was overloaded. */
    private static final Duration START = Duration.ofSeconds(60);

    /** Sessions are at least two of these. */
    private static final String TICK_MILLIS = "500";

    /** Made anew for each log file; 64 MiB by default. */
    private static final String LOG_PIECE_KIB = "1024";

    /** ZooKeeper's own names, in its data directory. */
    private static final String NUMBER = "myid";

    private static final String STATE = "version-2";

    private final ZooKeeperServerEmbedded server;
    private final String connect;

    private EmbeddedZooKeeper(ZooKeeperServerEmbedded server, String connect) {
        this.server = server;
        this.connect = connect;
    }

    /**
     * Starts it; on return it answers.
     *
     * @param directory for its data, made if need be; one server at a time
     * @param port on the loopback interface; 0 for any that is free
     * @throws StoreException.Broken when it does not start
     */
    public static EmbeddedZooKeeper start(Path directory, int port) {
        EmbeddedZooKeeper started = started(directory, port, Optional.empty());
        started.mustAnswer();
        return started;
    }

    /**
     * Starts one of an ensemble; it answers when a majority of its members is up.
     *
     * @param directory for its data, made if need be; of this member only
     * @throws StoreException.Broken when it does not start
     */
    public static EmbeddedZooKeeper startMember(Path directory, Ensemble ensemble) {
        return started(directory, 0, Optional.of(ensemble));
    }

    private static EmbeddedZooKeeper started(
            Path directory, int port, Optional<Ensemble> ensemble) {
        try {
            Files.createDirectories(directory);
            InetSocketAddress address = free(port);
            String host = address.getAddress().getHostAddress();
            Properties properties = configuration(host, address.getPort());
            if (ensemble.isPresent()) {
                ensemble.get().configure(properties);
                number(directory.resolve("data"), ensemble.get().self());
            } else {
                mustBeAlone(directory.resolve("data"));
            }
            ZooKeeperServerEmbedded server =
                    ZooKeeperServerEmbedded.builder()
                            .baseDir(directory)
                            .configuration(properties)
                            .exitHandler(ExitHandler.LOG_ONLY)
                            .build();
            removeConfigurations(directory);
            underWatch(server);
            return new EmbeddedZooKeeper(server, host + ":" + address.getPort());
        } catch (StoreException e) {
            throw e;
        } catch (Exception e) {
            throw new StoreException.Broken(
                    "The embedded ZooKeeper did not start in " + directory + "; see its log", e);
        }
    }

    /** Two members of one number would undo what was agreed on, so it stays as it is. */
    private static void number(Path data, int self) throws IOException {
        Files.createDirectories(data);
        Path file = data.resolve(NUMBER);
        String number = Integer.toString(self);
        if (!Files.exists(file)) {
            if (Files.exists(data.resolve(STATE))) {
                throw new StoreException.Broken(
                        "In "
                                + data
                                + " is the state of a monitor that was by itself: it would be lost"
                                + " where the others are the majority. Begin with an empty directory",
                        null);
            }
            Path fresh = Files.writeString(data.resolve(NUMBER + ".new"), number);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } else if (!Files.readString(file).strip().equals(number)) {
            throw new StoreException.Broken(
                    "This was monitor number "
                            + Files.readString(file).strip()
                            + " of its ensemble and is called number "
                            + number
                            + " now: name the same monitors in the same order everywhere",
                    null);
        }
    }

    /** A member that goes its own way would decide beside the others. */
    private static void mustBeAlone(Path data) {
        if (Files.exists(data.resolve(NUMBER))) {
            throw new StoreException.Broken(
                    "In "
                            + data
                            + " is the state of one of several monitors: name them all, as before",
                    null);
        }
    }

    /** Where it answers, as {@link ClusterStore#connect} takes it. */
    public String connectString() {
        return connect;
    }

    /** Stops it; its data stays. */
    @Override
    public void close() {
        server.close();
    }

    private static Properties configuration(String host, int port) {
        Properties properties = new Properties();
        properties.setProperty("clientPortAddress", host);
        properties.setProperty("clientPort", Integer.toString(port));
        properties.setProperty("tickTime", TICK_MILLIS);
        properties.setProperty("maxClientCnxns", "0");
        properties.setProperty("admin.enableServer", "false");
        properties.setProperty("preAllocSize", LOG_PIECE_KIB);
        properties.setProperty("autopurge.snapRetainCount", "3");
        properties.setProperty("autopurge.purgeInterval", "1");
        return properties;
    }

    /** A port that is taken would show as a start that never ends. */
    private static InetSocketAddress free(int port) {
        var wanted = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(wanted);
            return (InetSocketAddress) probe.getLocalSocketAddress();
        } catch (IOException e) {
            throw new StoreException.Broken(
                    "Port " + port + " for ZooKeeper cannot be had; is another process using it?",
                    e);
        }
    }

    /** The server writes one at every start, and never reads it again. */
    private static void removeConfigurations(Path directory) throws IOException {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, "zookeeper.configuration*.properties")) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    /** With a jar missing, {@code start} hangs whatever its own time limit. */
    private static void underWatch(ZooKeeperServerEmbedded server) throws Exception {
        var started = new CompletableFuture<Void>();
        Thread.ofPlatform()
                .daemon()
                .name("zookeeper-start")
                .start(() -> {
                    try {
                        server.start(START.toMillis());
                        started.complete(null);
                    } catch (Throwable t) {
                        started.completeExceptionally(t);
                    }
                });
        try {
            started.get(START.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new StoreException.Broken(
                    "The embedded ZooKeeper did not start within "
                            + START.toSeconds()
                            + " s; see its log, and whether a library is missing",
                    e);
        }
    }

    /** It says "started" in more cases than it answers in. */
    private void mustAnswer() {
        try {
            Zk.open(connect, Duration.ofSeconds(5), START).close();
        } catch (StoreException e) {
            close();
            throw e;
        }
    }
}
