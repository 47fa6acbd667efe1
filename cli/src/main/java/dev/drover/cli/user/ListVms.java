package dev.drover.cli.user;

import dev.drover.api.rest.VmView;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code drover list}. */
@Command(name = "list", aliases = "ls", description = "Lists the VMs.")
final class ListVms implements Callable<Integer> {
    @Option(names = "--host", description = "only those of this host")
    private @Nullable String host;

    @Mixin private final Look look = new Look();

    @Override
    public Integer call() throws Exception {
        return look.list(
                "/v1/vms",
                VmView.class,
                Columns.VM,
                vm -> host == null || vm.path("host").stringValue("").equals(host));
    }
}
