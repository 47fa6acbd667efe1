package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.api.rest.CreationView;
import dev.drover.api.spec.Finding;
import dev.drover.cli.BadInput;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code drover create}. */
@Command(
        name = "create",
        aliases = "instantiate",
        description = "Makes VMs out of specifications, and lets them run.",
        footer = {
            "",
            "Safe to repeat: a VM that is there just so is left as it is.",
            "A specification is YAML or JSON; docs/vm-specification.md says what is in it.",
            "Exit status: 0 all are there, 1 not all, 2 bad input."
        })
final class Create implements Callable<Integer> {
    private static final String STDIN = "-";

    /** Unprocessable content: RFC 9110, section 15.5.21. */
    private static final int UNUSABLE = 422;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "one VM each; - is standard input")
    private List<String> files = new ArrayList<>();

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "where; otherwise the emptiest host that can")
    private @Nullable String host;

    @Option(names = "--dry-run", description = "only say what would be done")
    private boolean dryRun;

    @Mixin private final Output output = new Output();
    @Mixin private final Connection connection = new Connection();

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String file : files) {
            texts.put(file, read(file));
        }
        return connection.ask(api -> {
            int status = 0;
            for (Map.Entry<String, String> text : texts.entrySet()) {
                status = Math.max(status, create(api, text.getKey(), text.getValue()));
            }
            return status;
        });
    }

    /** What is wrong with one VM does not keep the others from being made. */
    private int create(Api api, String file, String text) throws InterruptedException {
        try {
            JsonNode told = api.post("/v1/vms" + query(), Wake.PATIENCE, "application/yaml", text);
            tell(file, told);
            return 0;
        } catch (Refused e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(e.getMessage());
            print(err, file, e.findings());
            err.flush();
            return e.status() == UNUSABLE ? 2 : 1;
        }
    }

    private void tell(String file, JsonNode told) {
        CreationView made = Json.read(told, CreationView.class);
        PrintWriter out = spec.commandLine().getOut();
        if (output.isStructured()) {
            output.print(out, told);
        } else {
            out.println(made.vm().name() + ": " + inWords(made));
            out.flush();
        }
        PrintWriter err = spec.commandLine().getErr();
        print(err, file, made.warnings());
        err.flush();
    }

    private static String inWords(CreationView made) {
        String host = made.vm().host();
        return switch (made.result()) {
            case MADE -> "made, and runs on " + host;
            case WAS_THERE -> "was there already, on " + host;
            case NOTHING -> "would be made on " + host + ", MAC " + made.vm().mac();
        };
    }

    private static void print(PrintWriter err, String file, List<Finding> findings) {
        findings.forEach(finding -> err.println("  " + file + ": " + finding));
    }

    private String query() {
        return "?dryRun=" + dryRun + (host == null ? "" : "&host=" + Api.encode(host));
    }

    private static String read(String file) {
        try {
            return file.equals(STDIN)
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8);
        } catch (NoSuchFileException _) {
            throw new BadInput("There is no file " + file);
        } catch (IOException e) {
            throw new BadInput(file + " cannot be read: " + e.getMessage());
        }
    }
}
