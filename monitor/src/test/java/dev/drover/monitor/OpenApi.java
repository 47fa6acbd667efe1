package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.drover.api.link.Json;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What openapi.yaml promises, to hold an answer against it. Thread-safe. */
final class OpenApi {
    private final SchemaRegistry registry =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final JsonNode file;

    OpenApi(String yaml) {
        this.file = new YAMLMapper().readTree(yaml);
    }

    /** A parameter and what it may be. */
    record Parameter(String name, String in, JsonNode schema) {}

    /**
     * One thing that can be asked.
     *
     * @param body of JSON, if it takes one
     */
    record Operation(
            String method,
            String template,
            List<Parameter> parameters,
            Optional<JsonNode> body,
            JsonNode responses) {
        @Override
        public String toString() {
            return method + " " + template;
        }

        List<Parameter> in(String place) {
            return parameters.stream().filter(p -> p.in().equals(place)).toList();
        }
    }

    /** All of them, in the order of the file. */
    List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        file.get("paths")
                .properties()
                .forEach(path -> {
                    List<Parameter> ofPath = parameters(path.getValue());
                    path.getValue()
                            .properties()
                            .forEach(method -> {
                                if (!method.getKey().equals("parameters")) {
                                    List<Parameter> parameters = new ArrayList<>(ofPath);
                                    parameters.addAll(parameters(method.getValue()));
                                    all.add(
                                            new Operation(
                                                    method.getKey().toUpperCase(Locale.ROOT),
                                                    path.getKey(),
                                                    parameters,
                                                    bodyOf(method.getValue()),
                                                    method.getValue().get("responses")));
                                }
                            });
                });
        return all;
    }

    private static List<Parameter> parameters(JsonNode of) {
        return of.path("parameters")
                .valueStream()
                .map(p ->
                        new Parameter(
                                p.get("name").stringValue(),
                                p.get("in").stringValue(),
                                p.get("schema")))
                .toList();
    }

    private Optional<JsonNode> bodyOf(JsonNode operation) {
        JsonNode content = operation.at("/requestBody/content");
        return Optional.of(content.path("application/json").path("schema"))
                .filter(JsonNode::isObject)
                .map(this::followed);
    }

    private JsonNode followed(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isString() ? file.at(reference.stringValue().substring(1)) : node;
    }

    /** Fails when this is not what the file says of the operation's answers. */
    void check(Operation operation, HttpResponse<String> answer, String asked) {
        String status = Integer.toString(answer.statusCode());
        JsonNode response = operation.responses().path(status);
        if (response.isMissingNode()) {
            assertThat(answer.statusCode()).as(asked + "\n" + answer.body()).isBetween(400, 499);
            response = operation.responses().get("default");
        }
        JsonNode content = followed(response).path("content");
        if (content.isMissingNode()) {
            assertThat(answer.body()).as(asked).isEmpty();
            return;
        }
        String type = answer.headers().firstValue("content-type").orElse("").split(";", 2)[0];
        assertThat(content.propertyNames()).as(asked).contains(type);
        if (type.endsWith("json")) {
            JsonNode body = Json.mapper().readTree(answer.body());
            assertThat(schema(content.get(type).get("schema")).validate(body))
                    .as(asked + "\n" + answer.body())
                    .isEmpty();
            assertThat(type.equals("application/json") || body.get("status").asInt() >= 400)
                    .isTrue();
        }
    }

    /** With the components beside it, where its references point. */
    private Schema schema(JsonNode node) {
        ObjectNode whole = ((ObjectNode) node).deepCopy();
        whole.set("components", file.get("components"));
        return registry.getSchema(whole);
    }
}
