// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelOutOfReachException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubSnapshotsTest {
    private static final String WEIGHTS = "weights ".repeat(10_000);

    @TempDir
    private Path cache;

    private FakeHub hub;

    @BeforeEach
    void fillHub() throws IOException {
        hub = new FakeHub();
        hub.put("config.json", "{}");
        hub.put("tokenizer.json", """
                {"model":{}}""");
        hub.put("onnx/model.onnx", WEIGHTS);
        hub.put("onnx/model_int8.onnx", "small");
        hub.put("pytorch_model.bin", "not needed");
        hub.put("README.md", "not needed");
    }

    @AfterEach
    void closeHub() {
        hub.close();
    }

    @Test
    void fetchesWhatIsNeededAndNothingElse() throws Exception {
        ModelFolder folder = fetch("hf:acme/model");
        assertThat(folder.weights()).isEqualTo("onnx/model.onnx");
        assertThat(Files.readString(folder.weightsFile())).isEqualTo(WEIGHTS);
        assertThat(files()).containsExactly("config.json", "onnx/model.onnx", "tokenizer.json");
    }

    @Test
    void fetchesTheFilesThatTheGraphNames() throws Exception {
        hub.files.put(
                "onnx/model.onnx",
                new TinyGraph()
                        .initializer(TinyGraph.external("a", List.of(1), "model.onnx_data"))
                        .constant("b", TinyGraph.external("", List.of(1), "Constant_7_attr__value"))
                        .bytes());
        hub.put("onnx/model.onnx_data", "1");
        hub.put("onnx/Constant_7_attr__value", "2");
        hub.put("onnx/model.onnx_data_of_another", "3");
        hub.put("onnx/tokenizer_config.json", "{}");
        hub.put("onnx/config.json", "not this one");
        ModelFolder folder = fetch("hf:acme/model");
        assertThat(files())
                .containsExactly(
                        "config.json",
                        "onnx/Constant_7_attr__value",
                        "onnx/config.json",
                        "onnx/model.onnx",
                        "onnx/model.onnx_data",
                        "onnx/tokenizer_config.json",
                        "tokenizer.json");
        assertThat(folder.settingsFile("config.json")).isEqualTo(cached("config.json"));
        assertThat(folder.settingsFile("tokenizer_config.json")).isEqualTo(cached("onnx/tokenizer_config.json"));
        assertThat(models(null, true).fetch("hf:acme/model", spec(null), cache)).isEqualTo(folder);
        Files.delete(cached("onnx/Constant_7_attr__value"));
        assertThatThrownBy(() -> models(null, true).fetch("hf:acme/model", spec(null), cache))
                .hasMessageContaining("Constant_7_attr__value is damaged: it is gone");
    }

    @Test
    void fetchesTheSettingsOfLayersAndThoseUnderOldNames() throws Exception {
        hub.put("sentence_xlm-roberta_config.json", "{}");
        hub.put("0_Transformer/sentence_bert_config.json", "{}");
        hub.put("1_Pooling/config.json", "{}");
        hub.put("1_Pooling/deeper/config.json", "not needed");
        hub.put("1_Pooling/other.json", "not needed");
        fetch("hf:acme/model");
        assertThat(files())
                .containsExactly(
                        "0_Transformer/sentence_bert_config.json",
                        "1_Pooling/config.json",
                        "config.json",
                        "onnx/model.onnx",
                        "sentence_xlm-roberta_config.json",
                        "tokenizer.json");
    }

    @Test
    void fetchesBothGraphsOfASplitModel() throws Exception {
        hub.put("onnx/encoder_int8.onnx", "lower layers");
        hub.put("onnx/joint_int8.onnx", "upper layers");
        hub.put("onnx/encoder.onnx", "has no joint graph, so it is none of a split model");
        ModelFolder whole = fetch("hf:acme/model");
        assertThat(whole.weights()).isEqualTo("onnx/model.onnx");
        assertThat(whole.jointFile()).isNull();
        ModelFolder split = models(null, false).fetch("hf:acme/model", spec("onnx/encoder_int8.onnx"), cache);
        assertThat(split.jointFile()).hasContent("upper layers");
        hub.put("onnx/joint.onnx", "now it has one");
        assertThat(fetch("hf:acme/model").weights()).isEqualTo("onnx/encoder.onnx");
    }

    @Test
    void fetchesOnce() throws Exception {
        fetch("hf:acme/model@main");
        fetch("hf:acme/model@" + FakeHub.COMMIT);
        assertThat(hub.count("content /onnx/model.onnx")).isEqualTo(1);
        assertThat(hub.count("resolve")).isEqualTo(3);
    }

    @Test
    void takesTheFileThatIsAskedFor() throws Exception {
        ModelFolder folder = models(null, false).fetch("hf:acme/model", spec("onnx/model_int8.onnx"), cache);
        assertThat(Files.readString(folder.weightsFile())).isEqualTo("small");
        assertThatThrownBy(() -> models(null, false).fetch("hf:acme/model", spec("onnx/nothing.onnx"), cache))
                .hasMessage("Model hf:acme/model has no file onnx/nothing.onnx; its ONNX files are [onnx/model.onnx,"
                        + " onnx/model_int8.onnx].");
    }

    @Test
    void goesOnWhereTheConnectionBroke() throws Exception {
        fetchSettings();
        hub.breakAfter = 30_000;
        ModelFolder folder = fetch("hf:acme/model");
        assertThat(Files.readString(folder.weightsFile())).isEqualTo(WEIGHTS);
        assertThat(hub.requests)
                .anyMatch(request -> request.matches("content /onnx/model.onnx range=bytes=[1-9]\\d*- .*"));
    }

    @Test
    void triesAgainWhenTheHubIsBusy() throws Exception {
        hub.refusals.addAll(List.of(503, 429));
        assertThat(Files.readString(fetch("hf:acme/model").weightsFile())).isEqualTo(WEIGHTS);
    }

    @Test
    void givesUpWhenTheHubStaysBusy() {
        hub.refusals.addAll(List.of(503, 503, 503, 503, 503, 503));
        assertThatThrownBy(() -> fetch("hf:acme/model"))
                .isInstanceOf(ModelOutOfReachException.class)
                .hasMessageEndingWith("/api/models/acme/model/revision/main answered with status 503; try later.");
    }

    @Test
    void keepsNothingOfAFileWithAnotherHash() throws Exception {
        hub.lies = true;
        assertThatThrownBy(() -> fetch("hf:acme/model"))
                .isInstanceOf(ModelException.class)
                .hasMessageMatching("Model hf:acme/model cannot be fetched: http://localhost:\\d+/acme/model/resolve/"
                        + FakeHub.COMMIT
                        + "/onnx/model.onnx is damaged: its SHA-256 is [0-9a-f]{64}, the hub says f{64};"
                        + " no part of it was kept\\.");
        assertThat(files()).containsExactly("config.json");
    }

    @Test
    void doesNotTakeTheTokenToAnotherHost() throws Exception {
        hub.requiredToken = "secret";
        models("secret", false).fetch("hf:acme/model", spec(null), cache);
        assertThat(hub.requests)
                .filteredOn(request -> request.startsWith("hub"))
                .allMatch(r -> r.endsWith("token=true"));
        assertThat(hub.requests)
                .filteredOn(request -> request.startsWith("content"))
                .isNotEmpty()
                .allMatch(request -> request.endsWith("token=false"));
    }

    @Test
    void saysHowToGetAtAGatedModel() {
        hub.requiredToken = "secret";
        assertThatThrownBy(() -> fetch("hf:acme/model"))
                .hasMessageContaining(
                        "is gated, private or not there (status 401): check its name, accept its terms on the"
                                + " hub, and set HF_TOKEN.");
        assertThat(hub.requests).hasSize(1);
    }

    @Test
    void saysThatThereIsNoSuchRevision() {
        assertThatThrownBy(() -> fetch("hf:acme/model@v9"))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("/revision/v9 does not exist (status 404); check name, revision and file.");
    }

    @Test
    void saysHowToExportAModelWithoutAnOnnxFile() {
        hub.files.keySet().removeIf(path -> path.endsWith(".onnx"));
        assertThatThrownBy(() -> fetch("hf:acme/model"))
                .hasMessage(
                        "Model hf:acme/model has no ONNX file: export it with `optimum-cli export onnx --model MODEL"
                                + " DIRECTORY` and give file:DIRECTORY.");
    }

    @Test
    void usesTheCacheWhenOfflineOrCutOff() throws Exception {
        assertThatThrownBy(() -> models(null, true).fetch("hf:acme/model", spec(null), cache))
                .hasMessage(
                        "Model hf:acme/model cannot be fetched: HF_HUB_OFFLINE is set and the cache does not have it; unset it"
                                + " or fetch the model first.");
        fetch("hf:acme/model");
        int asked = hub.requests.size();
        assertThat(models(null, true).fetch("hf:acme/model", spec(null), cache).weights())
                .isEqualTo("onnx/model.onnx");
        assertThat(hub.requests).hasSize(asked);
        HubSnapshots cutOff = models(null, false);
        hub.close();
        assertThat(Files.readString(
                        cutOff.fetch("hf:acme/model", spec(null), cache).weightsFile()))
                .isEqualTo(WEIGHTS);
    }

    @Test
    void aFileThatIsDamagedInTheCacheIsFetchedAgain() throws Exception {
        fetch("hf:acme/model");
        for (String path : List.of("onnx/model.onnx", "tokenizer.json")) {
            Files.writeString(cached(path), "damaged");
            fetch("hf:acme/model");
            assertThat(Files.readAllBytes(cached(path))).isEqualTo(hub.files.get(path));
        }
        assertThat(hub.count("content /onnx/model.onnx")).isEqualTo(2);
    }

    @Test
    void aFileThatIsDamagedInTheCacheIsRefusedWhereItCannotBeFetched() throws Exception {
        fetch("hf:acme/model");
        Files.writeString(cached("tokenizer.json"), "damaged");
        assertThatThrownBy(() -> models(null, true).fetch("hf:acme/model", spec(null), cache))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "Model hf:acme/model cannot be fetched: .*tokenizer.json is damaged: its SHA-256 is [0-9a-f]{64}, it was"
                                + " [0-9a-f]{64} when it was fetched; open the model once while the hub can be reached, which"
                                + " fetches the file again\\.");
        Files.delete(cached("tokenizer.json"));
        HubSnapshots cutOff = models(null, false);
        hub.close();
        assertThatThrownBy(() -> cutOff.fetch("hf:acme/model", spec(null), cache))
                .isInstanceOf(ModelOutOfReachException.class)
                .hasMessageContaining("tokenizer.json is damaged: it is gone; open the model once");
    }

    @Test
    void parallelOpenersFetchOnce() throws Exception {
        ExecutorService openers = Executors.newFixedThreadPool(4);
        try {
            List<Future<ModelFolder>> folders = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                folders.add(openers.submit(() -> fetch("hf:acme/model")));
            }
            for (Future<ModelFolder> folder : folders) {
                assertThat(Files.readString(folder.get().weightsFile())).isEqualTo(WEIGHTS);
            }
        } finally {
            openers.shutdown();
        }
        assertThat(hub.count("content /onnx/model.onnx")).isEqualTo(1);
    }

    @Test
    void doesNotWriteOutsideOfTheCache() throws Exception {
        hub.put("../../../evil/config.json", "{}");
        hub.put("/1_Pooling/config.json", "{}");
        fetch("hf:acme/model");
        assertThat(files()).containsExactly("config.json", "onnx/model.onnx", "tokenizer.json");
    }

    @Test
    void refusesWhatIsNoAddressOfTheHub() {
        assertThatThrownBy(() -> fetch("hf:a/b/c"))
                .hasMessage("Model hf:a/b/c is not an address on the hub: write hf:org/name or hf:org/name@revision.");
    }

    @Test
    void readsTheHubsVariables() throws Exception {
        HubSettings mirror = HubSettings.from(
                Map.of("HF_ENDPOINT", "https://mirror.example/", "HF_TOKEN", " t ", "HF_HUB_OFFLINE", "1"));
        assertThat(mirror.modelInfo("a/b", "refs/pr/1"))
                .hasToString("https://mirror.example/api/models/a/b/revision/refs%2Fpr%2F1?blobs=true");
        assertThat(mirror).hasToString("https://mirror.example with a token (offline)");
        assertThat(HubSettings.from(Map.of()).file("a/b", "c", "1_Pooling/con fig.json"))
                .hasToString("https://huggingface.co/a/b/resolve/c/1_Pooling/con%20fig.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mirror.example", "hub mirror", "ftp://mirror.example", "https:///models"})
    void refusesAnEndpointThatIsNoAddress(String endpoint) {
        assertThatThrownBy(() -> HubSettings.from(Map.of("HF_ENDPOINT", endpoint)))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "HF_ENDPOINT is " + endpoint
                                + ", which is no address of a hub: write https://host, without user and password, or unset it.");
    }

    @Test
    void doesNotRepeatThePasswordOfAnEndpoint() {
        assertThatThrownBy(() -> HubSettings.from(Map.of("HF_ENDPOINT", "https://me:hush@mirror.example")))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("HF_ENDPOINT is https://***@mirror.example, which is no address of a hub:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hf_secret\nhf_other", "hf_\u00e9"})
    void refusesATokenThatNoHeaderCanHaveAndDoesNotRepeatIt(String token) {
        assertThatThrownBy(() -> HubSettings.from(Map.of("HF_TOKEN", token)))
                .isInstanceOf(ModelException.class)
                .hasMessage("HF_TOKEN holds characters that no token has; check it.");
    }

    private void fetchSettings() throws Exception {
        models(null, false).fetch("hf:acme/model", spec("onnx/model_int8.onnx"), cache);
    }

    private ModelFolder fetch(String uri) throws ModelException {
        return models(null, false).fetch(uri, spec(null), cache);
    }

    private HubSnapshots models(String token, boolean offline) {
        HubSettings address = hub.hub(token, offline);
        return new HubSnapshots(
                address,
                new HubDownloader(
                        address, Duration.ofSeconds(30), new RetryPolicy(4, Duration.ofMillis(1), Clock.systemUTC())));
    }

    private ModelSpec spec(String file) {
        return new ModelSpec(
                "hf:", file, null, null, null, null, null, null, cache.toString(), Duration.ofSeconds(30), Device.AUTO);
    }

    private Path cached(String path) {
        return cache.resolve("hub/acme--model").resolve(FakeHub.COMMIT).resolve(path);
    }

    /** What the cache holds of the model. */
    private List<String> files() throws IOException {
        Path root = cache.resolve("hub/acme--model").resolve(FakeHub.COMMIT);
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
