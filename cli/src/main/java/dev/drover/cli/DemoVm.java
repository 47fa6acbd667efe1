package dev.drover.cli;

import dev.drover.lab.Layout;
import dev.drover.lab.client.LabClient;
import dev.drover.lab.client.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** The demo's VM and, where it has the guest program, the client that talks to it. */
final class DemoVm implements AutoCloseable {
    private static final Duration UNTIL_BOOTED = Duration.ofSeconds(60);

    private final String name;
    private final Optional<LabClient> client;

    private DemoVm(String name, Optional<LabClient> client) {
        this.name = name;
        this.client = client;
    }

    /** Boots the VM on the first host and returns when it answers and is loaded. */
    static DemoVm boot(DemoOptions options, DemoImage image, DemoCluster cluster, LiveView view)
            throws IOException, InterruptedException {
        String host = Layout.hostName(1);
        view.say("Booting VM " + image.vm().name() + " on host " + host);
        Path directory = cluster.lab().host(1).directory().resolve("image");
        Files.createDirectories(directory);
        image.source().install(directory);
        cluster.client().create(image.vm(), host, directory.toString());
        if (options.image().isPresent()) {
            return new DemoVm(image.vm().name(), Optional.empty());
        }
        LabClient client =
                LabClient.start(cluster.lab(), LabClient.Options.atRate(options.packetRate()));
        try {
            if (!client.awaitFirstAnswer(UNTIL_BOOTED)) {
                throw new IllegalStateException(
                        "The guest did not answer within "
                                + UNTIL_BOOTED.toSeconds()
                                + " s of its boot; the logs are in "
                                + cluster.lab().logs());
            }
            client.load(Load.valueOf(options.load().toUpperCase(Locale.ROOT)));
            return new DemoVm(image.vm().name(), Optional.of(client));
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    String name() {
        return name;
    }

    /** Empty for a user's own image: nobody answers there. */
    Optional<LabClient> client() {
        return client;
    }

    /** For the live view. */
    Optional<LiveView.Traffic> traffic() {
        return client.map(LabClient::totals).map(t -> new LiveView.Traffic(t.sent(), t.answered()));
    }

    @Override
    public void close() {
        client.ifPresent(LabClient::close);
    }
}
