package dev.drover.monitor.rest;

import dev.drover.api.VmMessage;
import dev.drover.api.rest.CreationView;
import dev.drover.api.rest.HostView;
import dev.drover.api.rest.MoveRequest;
import dev.drover.api.rest.MoveView;
import dev.drover.api.rest.Role;
import dev.drover.api.rest.VmView;
import dev.drover.api.spec.VmDeclaration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the REST interface asks of its monitor. Any thread. */
public interface Cluster {
    /** Throws {@link dev.drover.api.NotLeading} while this monitor does not lead. */
    void mustLead();

    /** Where the REST interface of the leader is, as far as is known. */
    Optional<String> leader();

    /** All bearer tokens, by name. */
    Map<String, Token> tokens();

    /** Remembers a token; false when there is one of that name, which stays. */
    boolean addToken(String name, Token token);

    /** Forgets a token: it is not valid any more. Safe to repeat. */
    void removeToken(String name);

    List<HostView> allHosts();

    /** What can be done with a host as a whole. */
    HostVerbs hostVerbs();

    /** What can be done with base images. */
    ImageVerbs images();

    List<VmView> allVms();

    Optional<VmView> vm(String name);

    /**
     * Makes a VM, unless there is one just so.
     *
     * @param declared with one disk and one NIC
     * @param host where; empty leaves the choice to the monitor
     * @param dryRun whether only to say what would be done
     */
    CreationView create(VmDeclaration declared, Optional<String> host, boolean dryRun)
            throws InterruptedException;

    /** Lets a VM run. */
    VmMessage.Woken wake(String vm) throws InterruptedException;

    /** Saves a VM's memory, and lets its guest rest. */
    void sleep(String vm) throws InterruptedException;

    /**
     * Shuts a VM down.
     *
     * @param patience for the guest to do it by itself; zero: its power is cut
     */
    void stop(String vm, Duration patience) throws InterruptedException;

    /**
     * Removes a VM for good.
     *
     * @param keep how long its host keeps its volume; empty: not at all
     */
    void destroy(String vm, Optional<Duration> keep) throws InterruptedException;

    /** What stays of VMs that were destroyed. */
    VolumeVerbs volumes();

    List<MoveView> allMoves();

    /**
     * Begins a move; returns its id.
     *
     * @param key who asks and with what idempotency key: of the same one the same move comes, as
     *     long as it is remembered
     * @throws KeyReused when the same key came with another request
     */
    String start(MoveRequest request, Optional<String> key) throws InterruptedException;

    void cancel(String move, String why);

    /** What changes while this monitor leads. */
    Changes changes();

    /** What this monitor counts, in the text format of Prometheus, version 0.0.4. */
    byte[] scraped();

    /**
     * A bearer token.
     *
     * @param sha256 of the token in UTF-8, lower-case hexadecimal
     */
    record Token(String sha256, Role role) {}

    /** An idempotency key came with two different requests. */
    final class KeyReused extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
