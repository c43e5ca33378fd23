// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.streamrank.config.JobConfig;
import io.streamrank.config.SettingsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What deploy/kubernetes gives to the Flink Kubernetes operator, held against the schema of its resource. */
class FlinkDeploymentTest {
    private static final Path MANIFEST = Path.of("..", "deploy", "kubernetes", "flinkdeployment.yaml");
    private static final Path IMAGE = Path.of("..", "deploy", "docker", "config.yaml");
    private static final String SCHEMA = "/META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theOperatorTakesTheDeployment() throws Exception {
        assertThat(validate(deployment())).isEmpty();
    }

    @Test
    void aMemberThatTheOperatorDoesNotKnowIsFound() throws Exception {
        JsonNode deployment = deployment();
        ((ObjectNode) deployment.at("/spec/job")).put("upgradeMod", "savepoint").put("parallelism", "four");

        assertThat(validate(deployment))
                .extracting(message -> message.getInstanceLocation().toString())
                .containsExactlyInAnyOrder("$.spec.job", "$.spec.job.parallelism");
    }

    @Test
    void theJobTakesTheSettings(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("streamrank.yaml");
        Files.writeString(
                file, documents(MANIFEST).get(0).at("/data/streamrank.yaml").textValue());

        JobConfig config = JobConfig.of(SettingsFile.read(file), Map.of());

        assertThat(config.kafka().bootstrapServers()).isEqualTo("kafka.example.com:9093");
    }

    /** The operator's configuration takes the place of the image's. */
    @Test
    void whatTheJobNeedsOfFlinkIsAsInTheImage() throws Exception {
        JsonNode image = documents(IMAGE).get(0);
        JsonNode deployed = deployment().at("/spec/flinkConfiguration");

        assertThat(Set.of(
                        "env.java.opts.all",
                        "taskmanager.memory.task.off-heap.size",
                        "taskmanager.memory.managed.size",
                        "execution.checkpointing.storage",
                        "heartbeat.interval",
                        "heartbeat.timeout",
                        "metrics.reporter.prometheus.factory.class",
                        "metrics.reporter.prometheus.port"))
                .allSatisfy(key -> assertThat(deployed.path(key).asText())
                        .isNotEmpty()
                        .isEqualTo(image.path(key).asText()));
    }

    private static JsonNode deployment() throws IOException {
        return documents(MANIFEST).get(1);
    }

    private static Set<ValidationMessage> validate(JsonNode deployment) throws IOException {
        JsonNode schema;
        try (InputStream crd = FlinkDeploymentTest.class.getResourceAsStream(SCHEMA)) {
            schema = JSON.valueToTree(yaml().load(crd)).at("/spec/versions/0/schema/openAPIV3Schema");
        }
        // Newer operators know Flink 2.3; this one is the newest whose schema can be had as a library, and ends at
        // 1.20.
        ((ArrayNode) schema.at("/properties/spec/properties/flinkVersion/enum")).add("v2_3");
        ((ObjectNode) schema.at("/properties"))
                .setAll(Map.of(
                        "apiVersion", JSON.createObjectNode().put("const", "flink.apache.org/v1beta1"),
                        "kind", JSON.createObjectNode().put("const", "FlinkDeployment"),
                        "metadata", JSON.createObjectNode().put("type", "object")));
        close(schema);
        return JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(schema).validate(deployment);
    }

    /** Kubernetes drops what a schema does not name, and says nothing. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.path("properties").isObject()) {
            object.put("additionalProperties", false);
        }
        schema.forEach(FlinkDeploymentTest::close);
    }

    private static List<JsonNode> documents(Path file) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        yaml().loadAll(Files.readString(file)).forEach(document -> documents.add(JSON.valueToTree(document)));
        return documents;
    }

    private static Yaml yaml() {
        return new Yaml(new SafeConstructor(new LoaderOptions()));
    }
}
