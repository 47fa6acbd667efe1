package dev.drover.cli.user;

import dev.drover.api.rest.VmView;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code drover list}. */
@Command(name = "list", aliases = "ls", description = "Lists the VMs.")
final class ListVms implements Callable<Integer> {
    @Option(names = "--host", description = "only those of this host")
    private @Nullable String host;

    @Option(
            names = "--tag",
            paramLabel = "KEY=VALUE",
            description = "only those with this tag; may be given often")
    private Map<String, String> tags = new TreeMap<>();

    @Mixin private final Look look = new Look();

    @Override
    public Integer call() throws Exception {
        return look.list("/v1/vms", VmView.class, Columns.VM, this::isWished);
    }

    private boolean isWished(JsonNode vm) {
        return (host == null || vm.path("host").stringValue("").equals(host))
                && tags.entrySet().stream()
                        .allMatch(tag ->
                                vm.path("tags").has(tag.getKey())
                                        && vm.path("tags")
                                                .get(tag.getKey())
                                                .stringValue("")
                                                .equals(tag.getValue()));
    }
}
