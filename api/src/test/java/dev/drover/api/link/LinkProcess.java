package dev.drover.api.link;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.drover.api.tls.Identity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A monitor in a process of its own, which can be killed. */
final class LinkProcess implements AutoCloseable {
    private final Process process;
    private final InetSocketAddress address;

    private LinkProcess(Process process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    static LinkProcess start(Path identity) throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                LinkProcess.class.getName(),
                                identity.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        BufferedReader out = process.inputReader(US_ASCII);
        int port = Integer.parseInt(out.readLine());
        return new LinkProcess(
                process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    InetSocketAddress address() {
        return address;
    }

    /** As {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
    }

    /** It hangs: its sockets stay, and the kernel takes data for them. */
    void stall() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().waitFor();
    }

    @Override
    public void close() {
        kill();
        process.onExit().join();
    }

    static void main(String[] arguments) throws Exception {
        Identity identity = Identity.load(Path.of(arguments[0]));
        try (LinkServer server =
                LinkServer.listen(
                        TestCluster.anyPort(), identity, TestCluster.all(new Monitor()))) {
            System.out.println(server.address().getPort());
            System.in.read(); // until whoever started this is gone
        }
    }

    private static final class Monitor implements Service {
        @Override
        public @Nullable Object answer(Caller caller, String verb, JsonNode body) throws Exception {
            if (verb.equals("wait")) {
                caller.peer().orElseThrow().tell("waiting", null);
                new CountDownLatch(1).await();
            }
            return body;
        }

        @Override
        public void stream(
                Caller caller, String purpose, JsonNode header, InputStream in, OutputStream out)
                throws Exception {
            switch (purpose) {
                case "count" -> out.write(Json.write(count(in)));
                case "hash" -> out.write(hash(in));
                default -> pour(out);
            }
        }

        private static void pour(OutputStream out) throws IOException {
            byte[] bytes = new byte[1 << 20];
            while (true) {
                out.write(bytes);
            }
        }

        private static long count(InputStream in) throws IOException {
            byte[] buffer = new byte[256 << 10];
            long sum = 0;
            int got;
            while ((got = in.read(buffer)) > 0) {
                sum += got;
            }
            return sum;
        }

        private static byte[] hash(InputStream in) throws Exception {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[256 << 10];
            int got;
            while ((got = in.read(buffer)) > 0) {
                digest.update(buffer, 0, got);
            }
            return digest.digest();
        }
    }
}
