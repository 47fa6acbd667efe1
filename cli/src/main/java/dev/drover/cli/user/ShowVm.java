package dev.drover.cli.user;

import dev.drover.api.rest.VmView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code drover show}. */
@Command(name = "show", description = "Shows all that the cluster knows of a VM.")
final class ShowVm implements Callable<Integer> {
    @Parameters(paramLabel = "VM")
    private String vm = "";

    @Mixin private final Look look = new Look();

    @Override
    public Integer call() throws Exception {
        return look.one("/v1/vms/" + Api.encode(vm), VmView.class, Columns.VM);
    }
}
