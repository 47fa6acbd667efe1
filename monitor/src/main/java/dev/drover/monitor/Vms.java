package dev.drover.monitor;

import dev.drover.api.MonitorMessage;
import dev.drover.api.VmMessage;
import dev.drover.api.Wire;
import dev.drover.api.link.Json;
import dev.drover.api.link.LinkException;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.Active;
import dev.drover.store.FencedStore;

/** What can be done to a VM but to move it, by whatever way it is asked for. Any thread. */
record Vms(Hosts hosts, Moves moves) {
    /** The record first: the host may run the VM because it names that host. */
    void create(VmSpec wanted, String host, String images) throws InterruptedException {
        Hosts.Host on = hosts.awaitConnected(host);
        VmSpec vm = ask(on, new VmMessage.Fit(wanted), VmSpec.class);
        Active active = new Active(host, 1);
        FencedStore writes = moves.writes();
        writes.declareVm(vm.name(), Json.text(vm), active);
        try {
            ask(on, new VmMessage.Create(writes.term(), vm, active.epoch(), images), Void.class);
        } catch (LinkException.RemoteFailure e) {
            writes.removeVm(vm.name()); // The host said no: nothing of the VM is there.
            throw e;
        }
    }

    void destroy(String vm) throws InterruptedException {
        moves.refuseWhileMoving(vm);
        FencedStore writes = moves.writes();
        ask(
                hosts.awaitConnected(moves.activeOf(vm).host()),
                new VmMessage.Destroy(writes.term(), vm),
                Void.class);
        writes.removeVm(vm);
    }

    MonitorMessage.ActiveAnswer active(String vm) {
        return new MonitorMessage.ActiveAnswer(moves.specOf(vm), moves.activeOf(vm));
    }

    private static <T> T ask(Hosts.Host host, VmMessage message, Class<T> answer)
            throws InterruptedException {
        return host.peer().call(Wire.verb((Record) message), message, answer);
    }
}
