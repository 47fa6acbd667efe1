package dev.drover.engine;

import dev.drover.protocol.Active;
import dev.drover.protocol.MovePlan;
import dev.drover.protocol.State;
import dev.drover.protocol.State.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** An engine that runs on a thread of its own, so that a test that hangs fails. */
final class Run {
    static final MovePlan PLAN = new MovePlan("m1", "vm", "h1", "h2", 5, true);

    private final Engine engine;
    private final CompletableFuture<State> end = new CompletableFuture<>();
    private final Thread thread;

    private Run(Engine engine) {
        this.engine = engine;
        this.thread =
                Thread.ofVirtual()
                        .unstarted(() -> {
                            try {
                                end.complete(engine.run());
                            } catch (InterruptedException | RuntimeException e) {
                                end.completeExceptionally(e);
                            }
                        });
    }

    static Run of(Engine engine) {
        return of(engine, _ -> {});
    }

    /** As above; {@code before} is told of the run before it begins. */
    static Run of(Engine engine, Consumer<Run> before) {
        Run run = new Run(engine);
        before.accept(run);
        run.thread.start();
        return run;
    }

    Engine engine() {
        return engine;
    }

    /** The monitor is killed. */
    void interrupt() {
        thread.interrupt();
    }

    /** Waits until the engine's thread waits for something, or has ended; true when ended. */
    boolean awaitIdle() {
        Thread.State now = thread.getState();
        while (now != Thread.State.WAITING && now != Thread.State.TERMINATED) {
            Thread.onSpinWait();
            now = thread.getState();
        }
        return now == Thread.State.TERMINATED;
    }

    /** The end of it. */
    State end() throws InterruptedException {
        try {
            return end.get(FakeCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("The engine did not end; it is in " + engine.state(), e);
        }
    }

    /** True when it was interrupted before its end; returns when either is so. */
    boolean wasInterrupted() throws InterruptedException {
        try {
            var _ = end.get(FakeCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException) {
                return true;
            }
            throw new AssertionError("The engine broke in " + engine.state(), e);
        } catch (TimeoutException e) {
            throw new AssertionError("The engine did not end; it is in " + engine.state(), e);
        }
    }

    static Verdict verdict(State end) {
        if (end instanceof State.Ended(var _, var _, Verdict verdict)) {
            return verdict;
        }
        throw new AssertionError("No end: " + end);
    }

    static Verdict moved() {
        return new Verdict.Moved(PLAN.committed());
    }

    /** Where the record stands after a roll back. */
    static Active now(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Moved(Active now) -> now;
            case Verdict.RolledBack(Active now, var _) -> now;
            case Verdict.Superseded(Active now) -> now;
        };
    }
}
