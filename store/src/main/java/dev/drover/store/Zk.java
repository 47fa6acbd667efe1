package dev.drover.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.apache.zookeeper.data.Stat;

/**
 * ZooKeeper's own client under Curator's care: Curator keeps the session and elects, but what we
 * read and write goes by the plain client, once. Curator would send a write again after a lost
 * answer, and would then report its own first success as somebody else's.
 */
final class Zk implements AutoCloseable {
    /** For Curator's recipes only. */
    private static final ExponentialBackoffRetry RECIPES = new ExponentialBackoffRetry(100, 10);

    private static final int LARGEST_ANSWER_BYTES = 64 << 20;

    private final CuratorFramework curator;
    private final String connect;

    private Zk(CuratorFramework curator, String connect) {
        this.curator = curator;
        this.connect = connect;
    }

    /** The bytes of a znode and the version they had. */
    record Data(byte[] bytes, int version) {}

    /** What a transaction did. */
    sealed interface Outcome {
        /** All of it. */
        record Done(List<OpResult> results) implements Outcome {}

        /** Nothing, because of the operation at {@code index}. */
        record Refused(int index, Code code) implements Outcome {}

        /** Not known. */
        record Unknown(Exception cause) implements Outcome {}
    }

    static Zk open(String connect, Duration session, Duration atMost) {
        CuratorFramework curator =
                CuratorFrameworkFactory.builder()
                        .connectString(connect)
                        .sessionTimeoutMs(Math.toIntExact(session.toMillis()))
                        .connectionTimeoutMs(Math.toIntExact(atMost.toMillis()))
                        .retryPolicy(RECIPES)
                        .zkClientConfig(answers())
                        // The ensemble is the one that was named, not what a server says it is.
                        .ensembleTracker(false)
                        .build();
        Zk zk = new Zk(curator, connect);
        curator.start();
        try {
            if (!curator.blockUntilConnected(
                    Math.toIntExact(atMost.toMillis()), TimeUnit.MILLISECONDS)) {
                throw new StoreException.Unavailable(
                        "No ZooKeeper answered at "
                                + connect
                                + " within "
                                + atMost.toMillis()
                                + " ms; does it run?");
            }
            return zk;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            zk.close();
            throw zk.unavailable(e);
        } catch (StoreException e) {
            zk.close();
            throw e;
        }
    }

    /** The names of all VMs come in one answer; the client takes 1 MiB else. */
    private static ZKClientConfig answers() {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKConfig.JUTE_MAXBUFFER, Integer.toString(LARGEST_ANSWER_BYTES));
        return config;
    }

    CuratorFramework curator() {
        return curator;
    }

    boolean isConnected() {
        return curator.getZookeeperClient().isConnected();
    }

    /** Reads what a quorum knows now, or newer; empty when there is no such znode. */
    Optional<Data> read(String path) {
        try {
            ZooKeeper zooKeeper = curator.getZookeeperClient().getZooKeeper();
            // Answers come in the order of the requests: the read waits for no extra round trip.
            var synced = new CompletableFuture<Code>();
            zooKeeper.sync(path, (rc, _, _) -> synced.complete(Code.get(rc)), null);
            Stat stat = new Stat();
            byte[] bytes = zooKeeper.getData(path, false, stat);
            Code code = synced.get();
            if (code != Code.OK) {
                throw KeeperException.create(code, path);
            }
            return Optional.of(new Data(bytes, stat.getVersion()));
        } catch (KeeperException.NoNodeException _) {
            return Optional.empty();
        } catch (Exception e) {
            throw unavailable(e);
        }
    }

    /** As {@link #read}, of many in one go; those that are not there are left out. */
    Map<String, Data> readAll(Collection<String> paths) {
        try {
            ZooKeeper zooKeeper = curator.getZookeeperClient().getZooKeeper();
            var synced = new CompletableFuture<Code>();
            zooKeeper.sync("/", (rc, _, _) -> synced.complete(Code.get(rc)), null);
            Map<String, CompletableFuture<Optional<Data>>> asked = new LinkedHashMap<>();
            for (String path : paths) {
                var answer = new CompletableFuture<Optional<Data>>();
                asked.put(path, answer);
                zooKeeper.getData(
                        path,
                        false,
                        (rc, _, _, bytes, stat) -> answered(answer, rc, path, bytes, stat),
                        null);
            }
            Code code = synced.get();
            if (code != Code.OK) {
                throw KeeperException.create(code);
            }
            Map<String, Data> found = new LinkedHashMap<>();
            for (var answer : asked.entrySet()) {
                answer.getValue().get().ifPresent(data -> found.put(answer.getKey(), data));
            }
            return found;
        } catch (Exception e) {
            throw unavailable(e);
        }
    }

    private static void answered(
            CompletableFuture<Optional<Data>> answer,
            int rc,
            String path,
            byte[] bytes,
            Stat stat) {
        switch (Code.get(rc)) {
            case OK -> answer.complete(Optional.of(new Data(bytes, stat.getVersion())));
            case NONODE -> answer.complete(Optional.empty());
            case Code code -> answer.completeExceptionally(KeeperException.create(code, path));
        }
    }

    List<String> children(String path) {
        try {
            ZooKeeper zooKeeper = curator.getZookeeperClient().getZooKeeper();
            zooKeeper.sync(path);
            return zooKeeper.getChildren(path, false).stream().sorted().toList();
        } catch (Exception e) {
            throw unavailable(e);
        }
    }

    /** Makes a znode without data, unless it is there. */
    void ensure(String path) {
        ensure(path, "");
    }

    /** Makes a znode, unless it is there. */
    void ensure(String path, String text) {
        try {
            ZooKeeper zooKeeper = curator.getZookeeperClient().getZooKeeper();
            if (zooKeeper.exists(path, false) == null) {
                zooKeeper.create(
                        path,
                        Znodes.write(text),
                        ZooDefs.Ids.OPEN_ACL_UNSAFE,
                        CreateMode.PERSISTENT);
            }
        } catch (KeeperException.NodeExistsException _) {
            // Another monitor was faster.
        } catch (Exception e) {
            throw unavailable(e);
        }
    }

    /** One round trip, one synced write, all or nothing. */
    Outcome transact(Op... operations) {
        try {
            ZooKeeper zooKeeper = curator.getZookeeperClient().getZooKeeper();
            return new Outcome.Done(zooKeeper.multi(List.of(operations)));
        } catch (KeeperException e) {
            return outcomeOf(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Unknown(e);
        } catch (Exception e) {
            return new Outcome.Unknown(e);
        }
    }

    private static Outcome outcomeOf(KeeperException e) {
        List<OpResult> results =
                e.getResults() == null ? List.of() : new ArrayList<>(e.getResults());
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) instanceof OpResult.ErrorResult error
                    && error.getErr() != Code.OK.intValue()
                    && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
                return new Outcome.Refused(i, Code.get(error.getErr()));
            }
        }
        return new Outcome.Unknown(e);
    }

    StoreException.Unavailable unavailable(Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new StoreException.Unavailable(
                "ZooKeeper at " + connect + " gave no answer; it is asked again on the next try",
                e);
    }

    @Override
    public void close() {
        curator.close();
    }
}
