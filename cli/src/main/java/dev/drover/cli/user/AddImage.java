package dev.drover.cli.user;

import dev.drover.api.link.Json;
import dev.drover.api.rest.AdditionView;
import dev.drover.cli.BadInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code drover image add}. */
@Command(
        name = "add",
        description = "Adds a base image: a disk in a file, qcow2 or raw, whole in itself.",
        footer = {
            "",
            "Safe to repeat: a file that a host has already is not sent again.",
            "Ctrl-C breaks it off, and what the hosts have of it is removed.",
            "Exit status: 0 it is there, 1 refused, 2 bad input, 130 interrupted."
        })
final class AddImage implements Callable<Integer> {
    @Parameters(paramLabel = "FILE")
    private Path file = Path.of("");

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "by which VMs name it; otherwise the file's, without .qcow2, .raw or .img")
    private @Nullable String name;

    @Mixin private final Output output = new Output();
    @Mixin private final Connection connection = new Connection();

    @SuppressWarnings("NullAway.Init") // by picocli
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        long length = length();
        String path = "/v1/images?name=" + Api.encode(called()) + "&sha256=" + digest();
        return connection.ask(api -> {
            tell(api.send(path, () -> open("sends " + file), length));
            return 0;
        });
    }

    private String called() {
        String fileName = String.valueOf(file.getFileName());
        return name == null ? fileName.replaceFirst("[.](qcow2|raw|img)$", "") : name;
    }

    private long length() throws IOException {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new BadInput("There is no file " + file + " that can be read");
        }
        long length = Files.size(file);
        if (length == 0) {
            throw new BadInput(file + " is empty");
        }
        return length;
    }

    private InputStream open(String what) {
        try {
            return FileProgress.open(file, spec.commandLine().getErr(), what);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String digest() throws IOException, NoSuchAlgorithmException {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        try (InputStream in = new DigestInputStream(open("reads " + file), sha256)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    private void tell(JsonNode told) {
        AdditionView addition = Json.read(told, AdditionView.class);
        PrintWriter out = spec.commandLine().getOut();
        if (output.isStructured()) {
            output.print(out, told);
            return;
        }
        String hosts = String.join(", ", addition.image().hosts());
        String what = addition.added() ? ": added, on " : ": was there already, on ";
        out.println(addition.image().name() + what + hosts);
        out.flush();
        PrintWriter err = spec.commandLine().getErr();
        addition.refusals().forEach((host, why) -> err.println("  not on " + host + ": " + why));
        err.flush();
    }
}
