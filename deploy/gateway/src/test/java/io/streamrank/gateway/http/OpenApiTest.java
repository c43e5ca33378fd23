// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.streamrank.gateway.testing.TestGateway;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds that the description and the routes are the same, and that what the gateway says is what it describes. */
class OpenApiTest {
    private final JsonNode api = OpenApi.json();
    private TestGateway gateway;

    @BeforeEach
    void start() {
        gateway = TestGateway.open();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void describesEveryRouteAndNoOther() {
        Set<String> described = new TreeSet<>();
        api.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> described.add(method.toUpperCase(Locale.ROOT) + ' ' + path.getKey())));
        Set<String> served = new TreeSet<>();
        Routes.of(new GatewayServices(null, null, null, null, null), HttpSettings.local(0), null)
                .forEach(route -> served.add(route.method().name() + ' ' + route.path()));

        assertThat(served).isEqualTo(described);
    }

    @TestFactory
    Stream<DynamicTest> everyExampleIsAsDescribed() {
        List<DynamicTest> tests = new ArrayList<>();
        api.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    String name = method.getKey() + ' ' + path.getKey();
                    collect(tests, name, resolved(method.getValue().path("requestBody")));
                    method.getValue()
                            .path("responses")
                            .properties()
                            .forEach(response ->
                                    collect(tests, name + ' ' + response.getKey(), resolved(response.getValue())));
                }));
        assertThat(tests).hasSizeGreaterThan(20);
        return tests.stream();
    }

    private void collect(List<DynamicTest> tests, String name, JsonNode body) {
        body.path("content").properties().forEach(type -> {
            JsonNode example = type.getValue().path("example");
            if (!example.isMissingNode()) {
                tests.add(dynamicTest(
                        name,
                        () -> assertThat(problems(type.getValue().path("schema"), example))
                                .isEmpty()));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> everyAnswerToAnExampleIsAsDescribed() {
        List<DynamicTest> tests = new ArrayList<>();
        api.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    JsonNode operation = method.getValue();
                    String name = method.getKey() + ' ' + path.getKey();
                    JsonNode body = resolved(operation.path("requestBody"))
                            .path("content")
                            .path("application/json");
                    switch (method.getKey()) {
                        case "post" -> {
                            tests.add(dynamicTest(
                                    name,
                                    () -> check(
                                            operation,
                                            gateway.post(
                                                    path.getKey(),
                                                    body.path("example").toString()))));
                            tests.add(dynamicTest(
                                    name + " with a wrong body",
                                    () -> check(operation, gateway.post(path.getKey(), "{}"))));
                            tests.add(dynamicTest(
                                    name + " without JSON", () -> check(operation, gateway.post(path.getKey(), "[{"))));
                        }
                        case "delete" ->
                            tests.add(dynamicTest(
                                    name,
                                    () -> check(
                                            operation,
                                            gateway.delete(path.getKey().replace("{id}", "m-12")))));
                        default ->
                            tests.add(dynamicTest(
                                    name,
                                    () -> check(
                                            operation,
                                            gateway.get(path.getKey().replace("{file}", "swagger-ui.css")))));
                    }
                }));
        return tests.stream();
    }

    private void check(JsonNode operation, HttpResponse<String> response) throws Exception {
        JsonNode described = operation.path("responses").path(Integer.toString(response.statusCode()));
        assertThat(described.isMissingNode())
                .as("status %d is not described: %s", response.statusCode(), response.body())
                .isFalse();
        JsonNode schema =
                resolved(described).path("content").path("application/json").path("schema");
        if (!schema.isMissingNode()) {
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
            assertThat(problems(schema, TestGateway.json(response))).isEmpty();
        }
    }

    private JsonNode resolved(JsonNode node) {
        String ref = node.path("$ref").asText("");
        return ref.isEmpty() ? node : api.at(ref.substring(1));
    }

    private List<String> problems(JsonNode schema, JsonNode value) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", api.path("components"));
        JsonSchema compiled =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(whole);
        return compiled.validate(value).stream().map(Object::toString).toList();
    }
}
