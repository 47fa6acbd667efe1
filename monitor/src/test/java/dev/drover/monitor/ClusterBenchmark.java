package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.link.Json;
import dev.drover.api.tls.CertificateAuthority;
import dev.drover.api.tls.Identity;
import dev.drover.api.tls.Subject;
import dev.drover.monitor.rest.Watcher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * How a monitor bears many hosts and VMs: 100, 300 and 1000 hosts with ten times as many VMs, whose
 * agents only obey. It prints a table, and judges nothing.
 */
@Tag("benchmark")
@Timeout(1800)
class ClusterBenchmark {
    private static final List<Integer> HOSTS =
            Stream.of(System.getProperty("drover.bench.hosts", "100,300,1000").split(","))
                    .map(Integer::valueOf)
                    .toList();
    private static final int VMS_A_HOST = 10;
    private static final int AT_ONCE = 16;
    private static final int TIMES = 31;

    @TempDir private Path state;

    /** Medians, and what the monitor's process has taken at most. */
    private record Figures(
            int hosts,
            int vms,
            double createdPerSecond,
            double listMs,
            double pageMs,
            double oneMs,
            double placeMs,
            double eventMs,
            double takeOverMs,
            double memoryMib) {}

    @Test
    void grows() throws Exception {
        MonitorMain.quieten();
        System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
        CertificateAuthority authority = CertificateAuthority.create(state.resolve("ca"));
        authority.issue(Subject.monitor(), state.resolve("monitor"));
        authority.issue(Subject.client("user"), state.resolve("user"));
        for (int host = 0; host < HOSTS.getLast(); host++) {
            authority.issue(Subject.host("h" + host), state.resolve("h" + host));
        }
        List<Figures> all = new ArrayList<>();
        for (int hosts : HOSTS) {
            all.add(measured(hosts));
        }
        print(all);
    }

    private Figures measured(int hosts) throws Exception {
        Path own = state.resolve("state-" + hosts);
        try (Cluster cluster = new Cluster(own, FreePorts.take(3))) {
            cluster.start();
            cluster.connect(hosts);
            int vms = hosts * VMS_A_HOST;
            double seconds = cluster.create(vms);
            double list = median(() -> cluster.list(vms));
            double page = median(() -> cluster.get("/v1/vms"));
            double one = median(() -> cluster.get("/v1/vms/vm7"));
            double place = median(cluster::place);
            double event = cluster.awaitEvents();
            double memory = cluster.memoryMib();
            cluster.disconnect();
            cluster.stop();
            double takeOver = timed(cluster::start);
            cluster.list(vms);
            return new Figures(
                    hosts, vms, vms / seconds, list, page, one, place, event, takeOver, memory);
        }
    }

    /** Something whose time counts. */
    private interface Work {
        void perform() throws Exception;
    }

    private static double timed(Work work) throws Exception {
        long began = System.nanoTime();
        work.perform();
        return (System.nanoTime() - began) / 1e6;
    }

    private static double median(Work work) throws Exception {
        double[] all = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            all[i] = timed(work);
        }
        return median(all);
    }

    private static double median(double[] all) {
        Arrays.sort(all);
        return all[all.length / 2];
    }

    /** A monitor and its hosts. */
    private final class Cluster implements AutoCloseable {
        private final Path own;
        private final int ports;
        private final HttpClient admin;
        private final List<TestHost> hosts = new ArrayList<>();
        private Process monitor;

        @SuppressWarnings("NullAway.Init") // by start
        Cluster(Path own, int ports) throws IOException {
            this.own = own;
            this.ports = ports;
            this.admin =
                    HttpClient.newBuilder()
                            .sslContext(Identity.load(state.resolve("user")).context())
                            .build();
        }

        /** By the options of the launcher. */
        void start() throws IOException {
            monitor =
                    new ProcessBuilder(
                                    ProcessHandle.current().info().command().orElseThrow(),
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty(
                                            "surefire.test.class.path",
                                            System.getProperty("java.class.path")),
                                    MonitorMain.class.getName(),
                                    own.toString(),
                                    state.resolve("monitor").toString(),
                                    Integer.toString(ports),
                                    Integer.toString(ports + 1),
                                    Integer.toString(ports + 2))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String line = "";
            while (!line.equals("leads")) {
                line = String.valueOf(monitor.inputReader().readLine());
                assertThat(line).isNotEqualTo("null");
            }
        }

        void stop() throws Exception {
            monitor.outputWriter().close();
            assertThat(monitor.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }

        void connect(int count) throws Exception {
            InetSocketAddress links =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), ports);
            for (int i = 0; i < count; i++) {
                TestHost host = TestHost.connect(links, Identity.load(state.resolve("h" + i)), "");
                host.hello();
                hosts.add(host);
            }
        }

        void disconnect() {
            hosts.forEach(TestHost::close);
        }

        /** Seconds that it took. */
        double create(int vms) throws Exception {
            long began = System.nanoTime();
            try (ExecutorService many = Executors.newFixedThreadPool(AT_ONCE)) {
                List<Callable<JsonNode>> all =
                        IntStream.range(0, vms)
                                .<Callable<JsonNode>>mapToObj(vm ->
                                        () -> create("?host=h" + vm % hosts.size(), "vm" + vm))
                                .toList();
                for (Future<JsonNode> made : many.invokeAll(all)) {
                    assertThat(made.get().get("result").stringValue()).isEqualTo("MADE");
                }
            }
            return (System.nanoTime() - began) / 1e9;
        }

        private JsonNode create(String query, String vm) throws Exception {
            String text =
                    "{\"name\": \""
                            + vm
                            + "\", \"cores\": 1, \"memory\": \"256MiB\", \"nics\": [{\"network\": \"vmbr0\"}],"
                            + " \"disks\": [{\"name\": \"root\", \"size\": \"1GiB\"}]}";
            return send("POST", "/v1/vms" + query, text);
        }

        /** Lets the monitor choose a host, and ask it whether it can. */
        void place() throws Exception {
            JsonNode placed = create("?dryRun=true", "another");
            assertThat(placed.get("result").stringValue()).isEqualTo("NOTHING");
        }

        void list(int vms) throws Exception {
            int count = 0;
            String after = "";
            do {
                JsonNode page = get("/v1/vms?limit=1000&after=" + after);
                count += page.get("items").size();
                after = page.get("next").asString("");
            } while (!after.isEmpty());
            assertThat(count).isEqualTo(vms);
        }

        /** From before a change is asked for till a watcher has heard of it. */
        double awaitEvents() throws Exception {
            double[] all = new double[TIMES];
            try (Watcher watcher = Watcher.begin(admin, ports + 1)) {
                for (int i = 0; i < TIMES; i++) {
                    String verb = i % 2 == 0 ? "cordon" : "uncordon";
                    all[i] =
                            timed(() -> {
                                send("POST", "/v1/hosts/h1/" + verb, "");
                                watcher.next(heard -> heard.type().equals("host-cordon"));
                            });
                }
            }
            return median(all);
        }

        JsonNode get(String path) throws Exception {
            return send("GET", path, "");
        }

        private JsonNode send(String method, String path, String body) throws Exception {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + (ports + 1) + path))
                            .header("Content-Type", "application/json")
                            .method(method, BodyPublishers.ofString(body))
                            .build();
            HttpResponse<String> answer = admin.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
            return Json.mapper().readTree(answer.body().isEmpty() ? "{}" : answer.body());
        }

        /** VmHWM of proc(5). */
        double memoryMib() throws IOException {
            return Files.readAllLines(Path.of("/proc/" + monitor.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0)
                    .sum();
        }

        @Override
        public void close() {
            disconnect();
            monitor.destroyForcibly();
            admin.close();
        }
    }

    private static void print(List<Figures> all) {
        Figures first = all.getFirst();
        StringBuilder table = new StringBuilder("\n");
        line(table, "hosts", all, f -> f.hosts(), first);
        line(table, "VMs", all, f -> f.vms(), first);
        line(table, "VMs made a second", all, Figures::createdPerSecond, first);
        line(table, "list of all VMs, ms", all, Figures::listMs, first);
        line(table, "list of 100 VMs, ms", all, Figures::pageMs, first);
        line(table, "one VM, ms", all, Figures::oneMs, first);
        line(table, "placement of one VM, ms", all, Figures::placeMs, first);
        line(table, "change heard by a watcher, ms", all, Figures::eventMs, first);
        line(table, "monitor's start till it leads, ms", all, Figures::takeOverMs, first);
        line(table, "most memory of the monitor, MiB", all, Figures::memoryMib, first);
        System.out.println(table);
    }

    private interface Figure {
        double of(Figures figures);
    }

    private static void line(
            StringBuilder table, String name, List<Figures> all, Figure figure, Figures first) {
        table.append(String.format(Locale.ROOT, "%-36s", name));
        for (Figures figures : all) {
            double value = figure.of(figures);
            table.append(
                    String.format(
                            Locale.ROOT,
                            "%12.1f (x%5.1f)",
                            value,
                            value / Math.max(1e-9, figure.of(first))));
        }
        table.append('\n');
    }
}
