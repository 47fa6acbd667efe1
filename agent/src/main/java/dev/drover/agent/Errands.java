package dev.drover.agent;

import dev.drover.engine.HostFailure;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that are at work for one side of a move, so that undoing it can end them first.
 * Thread-safe.
 */
final class Errands {
    private static final Logger LOG = LoggerFactory.getLogger(Errands.class);

    private final Set<Thread> atWork = new HashSet<>();
    private boolean closed;

    /** Does {@code work}, unless the move is being undone; whatever fails becomes a HostFailure. */
    <T> T run(Callable<T> work) {
        begin();
        try {
            return work.call();
        } catch (HostFailure e) {
            throw e;
        } catch (InterruptedException e) {
            throw new HostFailure("The work was interrupted: the move is being undone", e);
        } catch (Exception e) {
            LOG.info("Work failed", e);
            throw new HostFailure(inWords(e), e);
        } finally {
            end();
        }
    }

    /** As {@link #run}, for work without a result. */
    void perform(Work work) {
        run(() -> {
            work.perform();
            return true;
        });
    }

    /** Refuses new work, interrupts what is at work, and waits until it has ended. */
    synchronized void close() throws InterruptedException {
        closed = true;
        while (!atWork.isEmpty()
                && !(atWork.size() == 1 && atWork.contains(Thread.currentThread()))) {
            atWork.forEach(Thread::interrupt);
            wait(100);
        }
    }

    private synchronized void begin() {
        if (closed) {
            throw new HostFailure("The move is being undone");
        }
        atWork.add(Thread.currentThread());
    }

    private synchronized void end() {
        atWork.remove(Thread.currentThread());
        notifyAll();
    }

    private static String inWords(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Work without a result. */
    interface Work {
        void perform() throws Exception;
    }
}
