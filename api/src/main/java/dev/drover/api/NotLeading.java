package dev.drover.api;

import dev.drover.api.link.LinkException;
import dev.drover.api.link.LinkException.RemoteFailure;
import dev.drover.engine.HostFailure;

/** What a cluster monitor answers while another leads, or none: ask the others. */
public final class NotLeading extends HostFailure {
    private static final long serialVersionUID = 1L;

    public NotLeading(String message) {
        super(message);
    }

    /** Whether this is what the other side threw. */
    public static boolean isSaidBy(LinkException e) {
        return e instanceof RemoteFailure failure
                && failure.kind().equals(NotLeading.class.getSimpleName());
    }
}
