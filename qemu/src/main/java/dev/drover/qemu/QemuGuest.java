package dev.drover.qemu;

import dev.drover.ports.Disk;
import dev.drover.ports.Guest;
import dev.drover.ports.HypervisorException;
import dev.drover.ports.IncomingMemory;
import dev.drover.ports.MemoryMode;
import dev.drover.ports.OutgoingMemory;
import dev.drover.ports.VmSpec;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A QEMU process and its monitor.
 *
 * <p>A frozen process answers nothing, so one that is found frozen is connected to only when it has
 * been thawed; till then its state is given as {@link dev.drover.ports.Guest.State#PAUSED}, since
 * nothing more can be known.
 */
final class QemuGuest implements Guest {
    private static final Logger LOG = LoggerFactory.getLogger(QemuGuest.class);

    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration DEATH_AFTER_HANGING_UP = Duration.ofSeconds(2);

    private final VmSpec spec;
    private final QemuProcess process;
    private final boolean safeForRounds;
    private final Disk disk;
    private final RunHistory history = new RunHistory(this::surprise);
    private final ReentrantLock control = new ReentrantLock();
    private @Nullable QmpConnection connection;
    private boolean fresh;
    private State beforeFreeze = State.PAUSED;
    private volatile boolean frozen;
    private volatile boolean let;
    private volatile @Nullable MigrationWatch migration;

    /**
     * QEMU took its memory for sent and stopped it: next time it is held before that can happen.
     */
    private volatile boolean quiet;

    private volatile @Nullable Consumer<Surprise> listener;

    /**
     * A guest in this process.
     *
     * @param fresh true when the process was just started, its vCPUs stopped, and nobody else has
     *     spoken to it
     * @param safeForRounds false when live rounds would damage its memory
     */
    QemuGuest(VmSpec spec, QemuProcess process, boolean fresh, boolean safeForRounds) {
        this.spec = spec;
        this.process = process;
        this.fresh = fresh;
        this.safeForRounds = safeForRounds;
        this.frozen = process.freezer().frozen();
        this.disk = new QemuDisk(this::qmp, process, spec.disk().sizeBytes());
        if (!frozen) {
            connectNow();
        }
    }

    /** One that has run may be too busy to answer now; it is asked again whenever it is needed. */
    private void connectNow() {
        try {
            QmpConnection _ = qmp();
        } catch (HypervisorException e) {
            if (fresh || !process.alive()) {
                throw e;
            }
            LOG.warn("QEMU {} lives, but does not answer", process.pid(), e);
        }
    }

    /** The monitor, connected now when it was not. */
    QmpConnection qmp() {
        if (frozen) {
            throw new HypervisorException("The VM is frozen; nothing can be asked of it");
        }
        control.lock();
        try {
            QmpConnection known = connection;
            if (known == null) {
                known = connect();
                connection = known;
                fresh |= status(known).equals("inmigrate");
            }
            return known;
        } finally {
            control.unlock();
        }
    }

    private QmpConnection connect() {
        return QmpConnection.open(
                process.socket(QemuProcess.MONITOR),
                CONNECT,
                process::alive,
                this::onEvent,
                this::onHangUp);
    }

    private void onEvent(QmpEvent event) {
        MigrationWatch watch = migration;
        if (event.name().equals("MIGRATION") && watch != null) {
            watch.on(event);
        }
        history.on(event);
    }

    private void onHangUp() {
        MigrationWatch watch = migration;
        if (watch != null) {
            watch.fail(new HypervisorException("QEMU hung up" + saying()));
        }
        if (!let) {
            Thread.ofVirtual()
                    .start(() -> {
                        boolean dead = process.awaitDeath(DEATH_AFTER_HANGING_UP);
                        surprise(
                                dead
                                        ? "QEMU died" + saying()
                                        : "QEMU closed its monitor, but lives");
                    });
        }
    }

    private String saying() {
        return lastWords().map(w -> "; its last words: " + w).orElse("");
    }

    private void surprise(String why) {
        MigrationWatch watch = migration;
        quiet |= watch != null && !watch.over();
        Consumer<Surprise> told;
        synchronized (this) {
            told = let ? null : listener;
            listener = null;
        }
        if (told != null) {
            Thread.ofVirtual().start(() -> told.accept(new Surprise(state(), why)));
        }
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public State state() {
        if (!process.alive()) {
            return State.GONE;
        }
        if (frozen) {
            return beforeFreeze;
        }
        try {
            QmpConnection qmp = qmp();
            String status = status(qmp);
            return switch (status) {
                case "running", "suspended" -> State.RUNNING;
                case "inmigrate" -> State.INCOMING;
                case "shutdown", "guest-panicked", "internal-error" -> State.ENDED;
                case "postmigrate" ->
                        MigrationState.query(qmp).status().equals("completed")
                                ? State.SENT
                                : State.PAUSED;
                default -> State.PAUSED;
            };
        } catch (HypervisorException e) {
            if (process.alive()) {
                throw e; // A process that lives but does not answer must not be taken for dead.
            }
            return State.GONE;
        }
    }

    private static String status(QmpConnection qmp) {
        return qmp.execute("query-status").path("status").asString("");
    }

    @Override
    public long stop() {
        if (!frozen) {
            history.stopAsked();
            qmp().execute("stop");
        }
        return history.stoppedAt().orElseGet(QemuGuest::now);
    }

    @Override
    public long resume() {
        QmpConnection qmp = qmp();
        String status = status(qmp);
        switch (status) {
            // A cont would only be noted there, and be performed when the memory has arrived.
            case "inmigrate" ->
                    throw new HypervisorException("The guest's memory has not arrived yet");
            case "running" -> {}
            default -> {
                history.resumeAsked();
                qmp.execute("cont");
            }
        }
        return history.resumedAt().orElseGet(QemuGuest::now);
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    @Override
    public boolean neverRan() {
        return fresh && !history.everRan();
    }

    @Override
    public void freeze() {
        if (!frozen) {
            beforeFreeze = state();
            process.freezer().freeze();
            frozen = true;
        }
    }

    @Override
    public void thaw() {
        process.freezer().thaw();
        frozen = false;
    }

    @Override
    public void kill() {
        let = true;
        process.kill();
        hangUp();
    }

    private void hangUp() {
        control.lock();
        try {
            if (connection != null) {
                connection.close();
            }
        } finally {
            control.unlock();
        }
    }

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public OutgoingMemory sendMemory(
            MemoryMode mode, OutputStream toTarget, InputStream fromTarget) {
        if (mode == MemoryMode.PRECOPY && !safeForRounds) {
            throw new HypervisorException(
                    "Live rounds would damage the memory of '"
                            + spec.name()
                            + "' under this QEMU: send it in a single pass, or give the VM the size"
                            + " that the hypervisor calls safe");
        }
        MigrationWatch watch = new MigrationWatch();
        QmpConnection _ = qmp();
        migration = watch;
        return QemuOutgoingMemory.begin(
                this, watch, quiet ? MemoryMode.SINGLE_PASS : mode, toTarget, fromTarget);
    }

    @Override
    public IncomingMemory receiveMemory(InputStream fromSource, OutputStream toSource) {
        MigrationWatch watch = new MigrationWatch();
        QmpConnection qmp = qmp();
        migration = watch;
        return QemuIncomingMemory.begin(qmp, pid(), watch, fromSource, toSource);
    }

    @Override
    public void saveMemory(OutputStream to, Duration atMost) {
        State now = state();
        if (now != State.PAUSED) {
            throw new HypervisorException("Only a stopped guest's memory is saved; it is " + now);
        }
        MigrationWatch watch = new MigrationWatch();
        migration = watch;
        SavedMemory.save(qmp(), pid(), watch, to, atMost);
    }

    @Override
    public void pressPowerButton() {
        qmp().execute("system_powerdown");
    }

    @Override
    public synchronized void onSurprise(Consumer<Surprise> told) {
        listener = told;
    }

    @Override
    public Optional<String> lastWords() {
        return process.lastWords();
    }

    @Override
    public void close() {
        let = true;
        hangUp();
        process.close();
    }
}
