package dev.drover.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/** ZooKeeper in a process of its own, which can be killed. */
final class ZooKeeperProcess implements AutoCloseable {
    private final Process process;
    private final String connect;

    private ZooKeeperProcess(Process process, String connect) {
        this.process = process;
        this.connect = connect;
    }

    static ZooKeeperProcess start(Path directory, int port) throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                ZooKeeperProcess.class.getName(),
                                directory.toString(),
                                Integer.toString(port))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        BufferedReader out = process.inputReader(US_ASCII);
        String line = out.readLine();
        while (line != null && !line.startsWith("at ")) {
            line = out.readLine(); // a log message
        }
        if (line == null) {
            throw new IOException("ZooKeeper ended at once");
        }
        return new ZooKeeperProcess(process, line.substring(3));
    }

    String connect() {
        return connect;
    }

    int port() {
        return Integer.parseInt(connect.substring(connect.indexOf(':') + 1));
    }

    /** As {@code kill -9}. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        try (var server = EmbeddedZooKeeper.start(directory, Integer.parseInt(arguments[1]))) {
            System.out.println("at " + server.connectString());
            System.in.read(); // until whoever started this is gone
        }
    }
}
