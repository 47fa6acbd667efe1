package dev.drover.api;

import dev.drover.api.link.LinkException;
import dev.drover.engine.GuestNeverRan;
import dev.drover.engine.HostFailure;
import dev.drover.engine.HostUnreachable;
import dev.drover.engine.Reachable;

/** A host across the network: turns what a link says into what the engine understands. */
abstract class RemoteHost implements Reachable {
    private final HostLink link;
    private final String name;

    RemoteHost(HostLink link, String name) {
        this.link = link;
        this.name = name;
    }

    @Override
    public final void awaitReachable() throws InterruptedException {
        link.awaitReachable();
    }

    final void tell(HostMessage message) {
        ask(message, Void.class);
    }

    final <T> T ask(HostMessage message, Class<T> answer) {
        try {
            return link.peer().call(Wire.verb((Record) message), message, answer);
        } catch (LinkException.RemoteFailure e) {
            throw e.kind().equals(GuestNeverRan.class.getSimpleName())
                    ? new GuestNeverRan(String.valueOf(e.getMessage()))
                    : new HostFailure(name + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostUnreachable("The call of host " + name + " was given up", this, e);
        } catch (LinkException e) {
            throw new HostUnreachable("Host " + name + " does not answer", this, e);
        }
    }
}
