package dev.drover.api.link;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The calls and told messages of a peer that this side is dealing with. */
final class Served {
    private static final System.Logger LOG = System.getLogger(Served.class.getName());

    private final Caller caller;
    private final Service service;
    private final FrameQueue outbox;
    private final FrameQueue told = new FrameQueue(Integer.MAX_VALUE);
    private final Map<Long, Thread> serving = new ConcurrentHashMap<>();
    private volatile boolean ended;
    private @Nullable Thread teller;

    Served(Caller caller, Service service, FrameQueue outbox) {
        this.caller = caller;
        this.service = service;
        this.outbox = outbox;
    }

    /** Serves a call on a thread of its own. */
    void call(Frame call) {
        Thread thread =
                Thread.ofVirtual().name("serve-" + call.verb()).unstarted(() -> serve(call));
        serving.put(call.id(), thread);
        thread.start();
        if (ended) {
            thread.interrupt();
        }
    }

    /** Nobody waits for that answer any more. */
    void cancel(long id) {
        Thread thread = serving.get(id);
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Has a told message dealt with after those before it. For the reading thread only. */
    void tell(Frame frame) {
        if (teller == null) {
            teller = Thread.ofVirtual().name("told-" + caller.subject().name()).start(this::listen);
        }
        told.put(frame);
    }

    /** The link is no more: nobody waits for any answer. What was told is still dealt with. */
    void end() {
        ended = true;
        told.close();
        serving.values().forEach(Thread::interrupt);
    }

    private void serve(Frame call) {
        Frame reply;
        try {
            reply = new Frame(Frame.Kind.ANSWER, call.id(), "", Json.write(answer(call)));
        } catch (Throwable t) {
            reply = failure(call, t);
        }
        serving.remove(call.id());
        outbox.put(reply);
    }

    private void listen() {
        try {
            Frame frame;
            while ((frame = told.next(Long.MAX_VALUE)) != null) {
                tellService(frame);
            }
        } catch (InterruptedException _) {
            // Nobody interrupts this thread but a service that interrupts itself.
        }
    }

    private void tellService(Frame frame) {
        try {
            answer(frame);
        } catch (Exception e) {
            LOG.log(
                    Level.WARNING,
                    "Could not deal with '" + frame.verb() + "' from " + caller.subject(),
                    e);
        }
    }

    private @Nullable Object answer(Frame frame) throws Exception {
        return service.answer(caller, frame.verb(), Json.mapper().readTree(frame.body()));
    }

    private Frame failure(Frame call, Throwable t) {
        LOG.log(
                t instanceof Error ? Level.ERROR : Level.DEBUG,
                "Failed to answer '" + call.verb() + "' from " + caller.subject(),
                t);
        byte[] message = Json.write(messageOf(t));
        return new Frame(Frame.Kind.FAILURE, call.id(), kindOf(t), message);
    }

    /** What {@link LinkException.RemoteFailure#kind} says of it on the other side. */
    static String kindOf(Throwable t) {
        Class<?> type = t.getClass();
        while (type.isAnonymousClass()) {
            type = type.getSuperclass();
        }
        return type.getSimpleName();
    }

    static String messageOf(Throwable t) {
        return t.getMessage() == null ? kindOf(t) : t.getMessage();
    }
}
