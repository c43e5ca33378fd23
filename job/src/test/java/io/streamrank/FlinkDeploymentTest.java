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
import io.streamrank.config.JobConfig.Slots;
import io.streamrank.config.SettingsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What deploy/kubernetes gives to the Flink Kubernetes operator, held against the schema of its resource. */
class FlinkDeploymentTest {
    private static final Path FOLDER = Path.of("..", "deploy", "kubernetes");
    private static final Path MANIFEST = FOLDER.resolve("flinkdeployment.yaml");
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
        JobConfig config = JobConfig.of(SettingsFile.read(settings(directory)), Map.of());

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

    @Test
    void theOperatorTakesTheDeploymentWithGpus() throws Exception {
        assertThat(validate(deploymentWithGpus())).isEmpty();
    }

    @Test
    void taskManagersWithGpusArePods() throws Exception {
        JsonNode pod = gpuTaskManagers().at("/spec/template");
        JsonNode schema = schema().at("/properties/spec/properties/podTemplate");
        close(schema);

        assertThat(validate(schema, pod)).isEmpty();
        ((ObjectNode) pod.at("/spec/containers/0")).put("arg", "taskmanager");
        assertThat(validate(schema, pod)).hasSize(1);
    }

    @Test
    void taskManagersWithGpusAreAsTheOthers() throws Exception {
        JsonNode pod = gpuTaskManagers().at("/spec/template");
        JsonNode others = deploymentWithGpus().at("/spec/podTemplate");

        assertThat(pod.at("/metadata/annotations")).isEqualTo(others.at("/metadata/annotations"));
        assertThat(pod.at("/spec/securityContext")).isEqualTo(others.at("/spec/securityContext"));
        assertThat(pod.at("/spec/containers/0/env")).isEqualTo(others.at("/spec/containers/0/env"));
        assertThat(pod.at("/spec/containers/0/image").textValue())
                .isEqualTo(deploymentWithGpus().at("/spec/image").textValue() + "-cuda");
        assertThat(pod.at("/spec/serviceAccountName"))
                .isEqualTo(deploymentWithGpus().at("/spec/serviceAccount"));
    }

    @Test
    void thereAreAsManyTaskManagersOfEitherKindAsPartsOfTheJob() throws Exception {
        JsonNode spec = deploymentWithGpus().path("spec");

        assertThat(List.of(
                        spec.at("/taskManager/replicas"),
                        spec.at("/flinkConfiguration/taskmanager.numberOfTaskSlots"),
                        gpuTaskManagers().at("/spec/replicas")))
                .extracting(JsonNode::asInt)
                .containsExactly(
                        spec.at("/job/parallelism").asInt(),
                        1,
                        spec.at("/job/parallelism").asInt());
    }

    @Test
    void slotsOfTheRerankerFitWhereGpusAreAndThoseOfTheRestElsewhere(@TempDir Path directory) throws Exception {
        Slots slots = slotsWithGpus(directory);
        TaskExecutorProcessSpec gpu = memory(gpuTaskManagers().at("/spec/template/spec/containers/0"));
        TaskExecutorProcessSpec cpu = memory(JSON.createObjectNode());

        assertThat(slots.rerank().getExternalResources()).containsEntry("gpu", 1.0);
        assertThat(fits(slots.rerank(), gpu)).isTrue();
        assertThat(fits(slots.rest(), gpu)).isFalse();
        assertThat(fits(slots.rest(), cpu)).isTrue();
        assertThat(gpuTaskManagers().at("/spec/template/spec/containers/0/resources/limits/nvidia.com~1gpu"))
                .isEqualTo(JSON.getNodeFactory().numberNode(1));
    }

    private static boolean fits(SlotSharingGroup slot, TaskExecutorProcessSpec taskManager) {
        return slot.getTaskHeapMemory().orElseThrow().compareTo(taskManager.getTaskHeapSize()) <= 0
                && slot.getTaskOffHeapMemory().orElseThrow().compareTo(taskManager.getTaskOffHeapSize()) <= 0;
    }

    /** As Flink shares out the memory of a TaskManager that is started with the container's arguments. */
    private static TaskExecutorProcessSpec memory(JsonNode container) throws IOException {
        Configuration configuration = new Configuration();
        JsonNode spec = deploymentWithGpus().path("spec");
        spec.path("flinkConfiguration")
                .properties()
                .forEach(setting -> configuration.setString(
                        setting.getKey(), setting.getValue().asText()));
        // The operator makes it of the resources.
        configuration.setString(
                "taskmanager.memory.process.size",
                spec.at("/taskManager/resource/memory").asText());
        container.path("args").forEach(argument -> {
            if (argument.asText().startsWith("-D")) {
                String[] setting = argument.asText().substring(2).split("=", 2);
                configuration.setString(setting[0], setting[1]);
            }
        });
        return TaskExecutorProcessUtils.processSpecFromConfig(configuration);
    }

    private static Slots slotsWithGpus(Path directory) throws IOException {
        List<String> args = new ArrayList<>();
        deploymentWithGpus().at("/spec/job/args").forEach(argument -> args.add(argument.asText()));
        assertThat(args.subList(0, 3)).containsExactly("--", "--config", "/opt/streamrank/streamrank.yaml");
        args.set(2, settings(directory).toString());
        return JobConfig.load(args.subList(1, args.size()).toArray(String[]::new))
                .slots();
    }

    private static Path settings(Path directory) throws IOException {
        return Files.writeString(
                directory.resolve("streamrank.yaml"),
                documents(MANIFEST).get(0).at("/data/streamrank.yaml").textValue());
    }

    private static JsonNode deployment() throws IOException {
        return documents(MANIFEST).get(1);
    }

    /** As kustomize merges a resource that it has no schema of: lists are replaced. */
    private static JsonNode deploymentWithGpus() throws IOException {
        JsonNode deployment = deployment();
        merge(
                (ObjectNode) deployment,
                documents(FOLDER.resolve("gpu-patch.yaml")).get(0));
        return deployment;
    }

    private static void merge(ObjectNode into, JsonNode patch) {
        patch.properties().forEach(member -> {
            if (member.getValue().isObject() && into.get(member.getKey()) instanceof ObjectNode inner) {
                merge(inner, member.getValue());
            } else {
                into.set(member.getKey(), member.getValue());
            }
        });
    }

    private static JsonNode gpuTaskManagers() throws IOException {
        return documents(FOLDER.resolve("gpu-taskmanagers.yaml")).get(0);
    }

    private static JsonNode schema() throws IOException {
        try (InputStream crd = FlinkDeploymentTest.class.getResourceAsStream(SCHEMA)) {
            return JSON.valueToTree(yaml().load(crd)).at("/spec/versions/0/schema/openAPIV3Schema");
        }
    }

    private static Set<ValidationMessage> validate(JsonNode deployment) throws IOException {
        JsonNode schema = schema();
        // Newer operators know Flink 2.3; this one is the newest whose schema can be had as a library, and ends at
        // 1.20.
        ((ArrayNode) schema.at("/properties/spec/properties/flinkVersion/enum")).add("v2_3");
        ((ObjectNode) schema.at("/properties"))
                .setAll(Map.of(
                        "apiVersion", JSON.createObjectNode().put("const", "flink.apache.org/v1beta1"),
                        "kind", JSON.createObjectNode().put("const", "FlinkDeployment"),
                        "metadata", JSON.createObjectNode().put("type", "object")));
        close(schema);
        return validate(schema, deployment);
    }

    private static Set<ValidationMessage> validate(JsonNode schema, JsonNode what) {
        return JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(schema).validate(what);
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
