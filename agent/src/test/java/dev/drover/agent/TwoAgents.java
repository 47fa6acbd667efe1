package dev.drover.agent;

import dev.drover.api.HostAddress;
import dev.drover.api.HostLink;
import dev.drover.api.MoveOrder;
import dev.drover.api.RemoteSource;
import dev.drover.api.RemoteTarget;
import dev.drover.api.link.Caller;
import dev.drover.api.link.LinkLimits;
import dev.drover.api.link.LinkServer;
import dev.drover.api.link.Peer;
import dev.drover.api.link.Service;
import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.engine.SourceHost;
import dev.drover.engine.TargetHost;
import dev.drover.engine.TwoHosts;
import dev.drover.ports.Guest;
import dev.drover.ports.VmSpec;
import dev.drover.testkit.guest.FakeGuest;
import dev.drover.testkit.guest.FakeHypervisor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Two agents as they are, with real links between them and to who plays the monitor; hypervisor,
 * gate and network are fakes, and disks are empty.
 */
final class TwoAgents extends TwoHosts implements AutoCloseable {
    private final OneAgent first;
    private final OneAgent second;
    private final MoveOrder order;
    private volatile CountDownLatch asked = new CountDownLatch(0);
    private volatile CountDownLatch answer = new CountDownLatch(0);

    /** Both hypervisors are alike. */
    TwoAgents(Path directory, VmSpec spec, boolean livePrecopy) throws IOException {
        CertificateAuthority authority =
                CertificateAuthority.create(directory.resolve("authority"));
        Identity monitor =
                FakeHost.identity(authority, Subject.monitor(), directory.resolve("monitor"));
        first = new OneAgent(PLAN.source(), directory, spec, livePrecopy, authority, monitor);
        second = new OneAgent(PLAN.target(), directory, spec, livePrecopy, authority, monitor);
        first.boot(spec);
        order =
                new MoveOrder(
                        1,
                        PLAN,
                        spec,
                        Optional.empty(),
                        first.address(),
                        second.address(),
                        first.host.context().facts(spec.nic().bridge()),
                        Optional.empty());
    }

    @Override
    protected SourceHost source() {
        return new RemoteSource(first, order);
    }

    @Override
    protected TargetHost target() {
        return new RemoteTarget(second, order);
    }

    @Override
    protected boolean runsOnSource() {
        return first.state() == Guest.State.RUNNING;
    }

    @Override
    protected boolean runsOnTarget() {
        return second.state() == Guest.State.RUNNING;
    }

    @Override
    protected boolean sourceHasVm() throws IOException {
        return first.hasVm();
    }

    @Override
    protected boolean targetHasVm() throws IOException {
        return second.hasVm();
    }

    @Override
    protected void targetGuestDies() {
        second.guest().die();
    }

    @Override
    protected void lastRoundWaits(CountDownLatch whenAsked, CountDownLatch untilAnswer) {
        asked = whenAsked;
        answer = untilAnswer;
    }

    FakeGuest sourceGuest() {
        return first.guest();
    }

    @Override
    public void close() throws IOException {
        first.close();
        second.close();
    }

    private final class OneAgent implements HostLink, Service {
        private final FakeHost host;
        private final Sides sides;
        private final HostService service;
        private final EmptyDisk disk;
        private final LinkServer server;
        private final Peer monitor;

        OneAgent(
                String name,
                Path directory,
                VmSpec spec,
                boolean livePrecopy,
                CertificateAuthority authority,
                Identity caller)
                throws IOException {
            FakeHypervisor hypervisor = new FakeHypervisor(livePrecopy);
            host = new FakeHost(name, directory.resolve(name), hypervisor, authority);
            HostContext context = host.context();
            sides = new Sides(context);
            service = new HostService(context, sides, new LocalVms(context, sides));
            disk = new EmptyDisk(context.allocations().of(spec).directory());
            server =
                    LinkServer.listen(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            context.identity(),
                            _ -> this);
            monitor =
                    Peer.connect(
                            server.address(),
                            caller,
                            Subject.host(name),
                            Service.refusing(),
                            LinkLimits.USUAL);
        }

        void boot(VmSpec spec) {
            HostContext context = host.context();
            LocalVm vm =
                    new LocalVm(
                            new Standing.Running(spec, PLAN.epoch(), Optional.empty()),
                            context.allocations().of(spec));
            context.persist(vm, vm.standing());
            vm.guest(context.hypervisor().boot(spec, vm.allocation()));
            sides.add(vm);
            // The network learns at once where the VM is, so that the source's last packet is soon.
            host.gate().hear(spec.nic().mac());
        }

        HostAddress address() {
            return new HostAddress(
                    host.context().settings().address().name(),
                    "127.0.0.1",
                    server.address().getPort());
        }

        FakeGuest guest() {
            return (FakeGuest) sides.vm(PLAN.vm()).orElseThrow().guest();
        }

        Guest.State state() {
            return sides.vm(PLAN.vm()).map(LocalVm::state).orElse(Guest.State.GONE);
        }

        boolean hasVm() throws IOException {
            return sides.vm(PLAN.vm()).isPresent()
                    || !host.taps().isEmpty()
                    || !host.context().journal().readAll().isEmpty();
        }

        @Override
        public @Nullable Object answer(Caller caller, String verb, JsonNode body)
                throws InterruptedException {
            if (verb.equals("PullLastRound")) {
                asked.countDown();
                answer.await();
            }
            return service.answer(caller, verb, body);
        }

        @Override
        public void stream(
                Caller caller, String purpose, JsonNode header, InputStream in, OutputStream out)
                throws IOException, InterruptedException {
            service.stream(caller, purpose, header, in, out);
        }

        @Override
        public Peer peer() {
            return monitor;
        }

        @Override
        public void awaitReachable() {
            // It is.
        }

        void close() throws IOException {
            monitor.close();
            server.close();
            disk.close();
        }
    }
}
