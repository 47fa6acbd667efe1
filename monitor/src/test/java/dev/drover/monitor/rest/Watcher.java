package dev.drover.monitor.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.link.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** One who watches, and reads only when he is told to. */
public final class Watcher implements AutoCloseable {
    private final BufferedReader lines;

    /** An event as it was heard. */
    public record Heard(String id, String type, JsonNode data) {
        /** A text below the data, or the empty one: {@code vm.name}. */
        public String text(String path) {
            return data.at("/" + path.replace('.', '/')).asString("");
        }
    }

    private Watcher(InputStream body) {
        this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /** Begins to watch, and hears that the stream has begun. */
    public static Watcher begin(HttpClient client, RestServer server) throws Exception {
        return begin(client, server.address().getPort());
    }

    /** As the other, at a port on this machine. */
    public static Watcher begin(HttpClient client, int port) throws Exception {
        HttpResponse<InputStream> response =
                client.send(request(port), BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
        Watcher watcher = new Watcher(response.body());
        assertThat(watcher.next().orElseThrow().type()).isEqualTo("hello");
        return watcher;
    }

    static HttpRequest request(RestServer server) {
        return request(server.address().getPort());
    }

    private static HttpRequest request(int port) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/v1/events"))
                .build();
    }

    /** The next event; empty at the end of the stream. */
    public Optional<Heard> next() throws IOException {
        Map<String, String> fields = new HashMap<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isEmpty() && !line.equals(":")) {
                String[] field = line.split(": ", 2);
                assertThat(fields.put(field[0], field[1])).isNull();
            } else if (line.isEmpty() && !fields.isEmpty()) {
                assertThat(fields.keySet()).containsExactlyInAnyOrder("id", "event", "data");
                JsonNode data = Json.mapper().readTree(fields.get("data"));
                String type = String.valueOf(fields.get("event"));
                assertThat(data.get("type").stringValue()).isEqualTo(type);
                return Optional.of(new Heard(String.valueOf(fields.get("id")), type, data));
            }
        }
        return Optional.empty();
    }

    /** The next event of those that matter. */
    public Heard next(Predicate<Heard> matters) throws IOException {
        Heard next = next().orElseThrow();
        while (!matters.test(next)) {
            next = next().orElseThrow();
        }
        return next;
    }

    /** Reads till it was kept alive once more. */
    void awaitKeptAlive() throws IOException {
        assertThat(lines.readLine()).isEqualTo(":");
        assertThat(lines.readLine()).isEmpty();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
