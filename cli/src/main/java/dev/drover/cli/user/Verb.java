package dev.drover.cli.user;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A verb for one VM or several, one after the other. */
final class Verb {
    @Parameters(paramLabel = "VM", arity = "1..*")
    private List<String> vms = new ArrayList<>();

    @Mixin private final Connection connection = new Connection();

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** Does it with one VM. */
    interface Deed {
        /** Returns what to print of it. */
        String with(Api api, String path) throws InterruptedException;
    }

    List<String> vms() {
        return vms;
    }

    CommandSpec spec() {
        return spec;
    }

    /** What fails with one VM is told, and does not keep it from the others; then 1. */
    int each(Deed deed) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        return connection.ask(api -> {
            int status = 0;
            for (String vm : vms) {
                try {
                    out.println(vm + ": " + deed.with(api, "/v1/vms/" + Api.encode(vm)));
                    out.flush();
                } catch (Refused e) {
                    err.println(e.getMessage());
                    err.flush();
                    status = 1;
                }
            }
            return status;
        });
    }
}
