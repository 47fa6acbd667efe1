package dev.drover.engine;

import dev.drover.protocol.Active;
import dev.drover.protocol.MovePlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Two hosts and a record, as they truly are, whatever the engines believe. All of it is guarded by
 * one lock; laws are checked whenever it is let go.
 */
final class FakeCluster {
    /** What is provoked need not be told; the strong reference keeps it so. */
    private static final Logger LOG = Logger.getLogger("dev.drover.engine");

    static {
        LOG.setLevel(Level.OFF);
    }

    /** So that a test that hangs fails instead. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Tries again without a pause, unless nobody wants it any more. */
    static final Backoff AT_ONCE =
            _ -> {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            };

    final MovePlan plan;
    final FakeRecord record;
    final FakeSource source;
    final FakeTarget target;

    /** What took effect, in order. */
    private final List<String> done = new ArrayList<>();

    /** What was called and persisted, in order, whether it took effect or not. */
    private final List<String> story = new ArrayList<>();

    private final List<String> broken = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Link link = Link.SOUND;

    FakeCluster(MovePlan plan) {
        this.plan = plan;
        this.record = new FakeRecord(this);
        this.source = new FakeSource(this);
        this.target = new FakeTarget(this);
    }

    /** A QEMU process. */
    enum Qemu {
        NONE,
        INCOMING,
        LOADED,
        RUNNING,
        STOPPED,
        FROZEN,
        DEAD
    }

    void link(Link now) {
        link = now;
    }

    /** A call from an engine arrives, if the link lets it. */
    <T> T call(String name, Reachable host, Supplier<T> effect) {
        note(name);
        return link.call(name, host, () -> locked(() -> effected(name, effect)));
    }

    private <T> T effected(String name, Supplier<T> effect) {
        T result = effect.get();
        done.add(name);
        return result;
    }

    void call(String name, Reachable host, Runnable effect) {
        call(
                name,
                host,
                () -> {
                    effect.run();
                    return true;
                });
    }

    void note(String what) {
        locked(() -> story.add(what));
    }

    List<String> done() {
        return locked(() -> List.copyOf(done));
    }

    List<String> story() {
        return locked(() -> List.copyOf(story));
    }

    List<String> broken() {
        return locked(() -> List.copyOf(broken));
    }

    <T> T locked(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            checkLaws();
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Blocks, in a call, until something is so. */
    void await(String what, Reachable host, BooleanSupplier isSo) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!isSo.getAsBoolean()) {
                if (changed.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    throw new HostUnreachable("Waited too long for " + what, host, new Error());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostUnreachable("Interrupted waiting for " + what, host, e);
        }
    }

    /** A monitor's engine that goes on from the journal, at once. */
    Engine monitor(MoveObserver observer) {
        return new Engine(
                record.journal(),
                Works.ofMonitor(source, target, _ -> {}, (_, _) -> {}),
                new Engine.Driver.MonitorDriver(record, source, target, (_, _) -> {}),
                observer,
                AT_ONCE);
    }

    private void checkLaws() {
        boolean atSource = source.qemu() == Qemu.RUNNING;
        boolean atTarget = target.qemu() == Qemu.RUNNING;
        Active now = record.now();
        must(!(atSource && atTarget), "At most one host runs the guest");
        must(!atSource || now.host().equals(plan.source()), "The source runs by the record");
        must(!atTarget || now.equals(plan.committed()), "The target runs by the record");
        must(!(atSource && target.ran()), "What the guest wrote on the target is kept");
        must(
                !now.equals(plan.committed()) || (source.voted() && target.voted()),
                "The commit has two votes");
        must(!source.released() || target.ran(), "The source is kept until the target runs");
    }

    private void must(boolean holds, String law) {
        if (!holds && !broken.contains(law)) {
            broken.add(law);
        }
    }
}
