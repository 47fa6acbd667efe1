package dev.drover.qemu;

import dev.drover.ports.Allocation;
import dev.drover.ports.Disk;
import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.IncomingMemory;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A VM's QEMU, over QMP. */
final class QemuGuest implements Guest {
    private static final Duration TURN = Duration.ofSeconds(15);

    private final QemuProcess process;
    private final QmpConnection qmp;
    private final Allocation allocation;
    private final QemuDisk disk;
    private final boolean fresh;
    private volatile boolean ranHere;
    private volatile boolean frozen;
    private volatile boolean endWanted;
    private volatile boolean stopWanted;
    private volatile long stoppedMicros;
    private volatile State lastState = State.INCOMING;
    private volatile @Nullable Consumer<Surprise> surprised;

    /**
     * @param fresh true when this process was made by {@link QemuHypervisor#prepare} and has been
     *     watched ever since
     */
    QemuGuest(QemuProcess process, QmpConnection qmp, Allocation allocation, boolean fresh) {
        this.process = process;
        this.qmp = qmp;
        this.allocation = allocation;
        this.fresh = fresh;
        this.disk = new QemuDisk(qmp, allocation.directory());
        qmp.listen(this::heard);
        var _ = qmp.ended().thenRun(this::hungUp);
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public State state() {
        if (frozen) {
            return lastState;
        }
        if (!process.isAlive()) {
            return State.GONE;
        }
        try {
            lastState = meaning(qmp.execute("query-status").path("status").asString());
            return lastState;
        } catch (HypervisorException _) {
            return process.isAlive() ? lastState : State.GONE;
        }
    }

    /** The runstates of QMP schema run-state.json. */
    private static State meaning(String status) {
        return switch (status) {
            case "running", "debug" -> State.RUNNING;
            case "paused", "finish-migrate", "restore-vm", "save-vm", "suspended", "colo" ->
                    State.PAUSED;
            case "prelaunch", "inmigrate" -> State.INCOMING;
            case "postmigrate" -> State.SENT;
            case "shutdown", "guest-panicked", "internal-error", "io-error", "watchdog" ->
                    State.ENDED;
            default -> throw new HypervisorException("QEMU is in an unknown state: " + status);
        };
    }

    @Override
    public long stop() {
        stopWanted = true;
        if (state() != State.RUNNING && stoppedMicros > 0) {
            return stoppedMicros;
        }
        stoppedMicros = turn("stop", "STOP");
        return stoppedMicros;
    }

    @Override
    public long resume() {
        long micros = turn("cont", "RESUME");
        stopWanted = false;
        stoppedMicros = 0;
        return micros;
    }

    /** Executes a command and waits for its event; the event's time. */
    private long turn(String command, String event) {
        CompletableFuture<Long> seen = new CompletableFuture<>();
        Consumer<QmpEvent> listener =
                e -> {
                    if (e.name().equals(event)) {
                        seen.complete(e.micros());
                    }
                };
        qmp.listen(listener);
        try {
            qmp.execute(command);
            return seen.get(TURN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("Waiting for " + event + " was given up", e);
        } catch (java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException e) {
            throw new HypervisorException(
                    "QEMU took '" + command + "', but no " + event + " came", e);
        } finally {
            qmp.unlisten(listener);
        }
    }

    /** Blocks until a booted guest's vCPUs run. */
    void awaitRunning() {
        if (state() != State.RUNNING) {
            throw new HypervisorException(
                    "The guest does not run: " + lastWords().orElse("QEMU said nothing"));
        }
        ranHere = true;
    }

    @Override
    public boolean neverRan() {
        return fresh && !ranHere;
    }

    @Override
    public void freeze() {
        if (!frozen) {
            lastState = state();
            frozen = true;
            process.freezer().freeze(process.pid());
        }
    }

    @Override
    public void thaw() {
        process.freezer().thaw();
        frozen = false;
    }

    @Override
    public void kill() {
        endWanted = true;
        process.kill();
        qmp.close();
        frozen = false;
    }

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public OutgoingMemory sendMemory(
            MemoryMode mode, OutputStream toTarget, InputStream fromTarget) {
        return QemuOutgoingMemory.begin(qmp, allocation.directory(), mode, toTarget, fromTarget);
    }

    @Override
    public IncomingMemory receiveMemory(InputStream fromSource, OutputStream toSource) {
        return QemuIncomingMemory.begin(qmp, allocation.directory(), fromSource, toSource);
    }

    @Override
    public void onSurprise(Consumer<Surprise> listener) {
        surprised = listener;
    }

    @Override
    public Optional<String> lastWords() {
        return QemuProcess.lastWords(allocation.directory());
    }

    @Override
    public void close() {
        endWanted = true;
        qmp.close();
    }

    private void heard(QmpEvent event) {
        switch (event.name()) {
            case "RESUME" -> ranHere = true;
            case "STOP" -> {
                if (!stopWanted) {
                    surprise(new Surprise(State.PAUSED, "QEMU stopped the guest by itself"));
                }
            }
            case "SHUTDOWN", "GUEST_PANICKED" -> {
                String reason = event.data().path("reason").asString(event.name());
                surprise(new Surprise(State.ENDED, "The guest ended: " + reason));
            }
            default -> {
                // Others concern those who wait for them.
            }
        }
    }

    private void hungUp() {
        if (!endWanted) {
            surprise(
                    new Surprise(
                            State.GONE, "QEMU died" + lastWords().map(w -> ": " + w).orElse("")));
        }
    }

    /** Once, and not by the thread that reads from QEMU. */
    private void surprise(Surprise what) {
        Consumer<Surprise> listener = surprised;
        if (listener != null) {
            surprised = null;
            Thread.ofVirtual().name("surprise").start(() -> listener.accept(what));
        }
    }
}
