// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.onnx.Golden;
import io.streamrank.operator.FlinkModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelResolverTest {
    @TempDir
    private Path directory;

    @Test
    void usesALocalFolderWhereItIs() throws Exception {
        Path model = Golden.folder("tiny-cross-encoder").toAbsolutePath().normalize();
        for (String uri : List.of(
                "file:" + model,
                "file://" + model,
                model.toString(),
                model.toUri().toString())) {
            ModelFolder folder = resolve(uri, null);
            assertThat(folder.root().toAbsolutePath()).isEqualTo(model);
            assertThat(folder.weights()).isEqualTo("onnx/model.onnx");
        }
        assertThat(cacheEntries()).isEmpty();
    }

    @Test
    void aPathIsAPathWhateverIsInIt() throws Exception {
        for (String name : List.of("a model", "a#model", "a%model", "a%20model", "a+model", "ä?model")) {
            Path model = directory.resolve(name);
            copy(Golden.folder("tiny-cross-encoder"), model);
            for (String uri : List.of(
                    "file:" + model,
                    "file://" + model,
                    "file://localhost" + model,
                    model.toString(),
                    model.toUri().toString())) {
                assertThat(resolve(uri, null).root()).as(uri).isEqualTo(model);
            }
        }
        assertThatThrownBy(() -> resolve("file:/nowhere%zz", null))
                .hasMessageContaining("/nowhere%zz is not a directory");
    }

    @Test
    void leavesOutFoldersThatCannotBeEntered() throws Exception {
        Path model = directory.resolve("model");
        copy(Golden.folder("tiny-cross-encoder"), model);
        Files.createSymbolicLink(model.resolve("onnx/loop"), model);
        Files.createSymbolicLink(model.resolve("broken"), directory.resolve("nowhere"));
        assertThat(resolve("file:" + model, null).weights()).isEqualTo("onnx/model.onnx");
        assertThat(ModelLayout.list(model))
                .containsExactlyInAnyOrderElementsOf(ModelLayout.list(Golden.folder("tiny-cross-encoder")));
        assertThatThrownBy(() -> ModelLayout.list(directory.resolve("nowhere"))).isInstanceOf(IOException.class);
    }

    @Test
    void saysThatAFolderIsNotThere() {
        assertThatThrownBy(() -> resolve("file:/nowhere/at/all", null))
                .hasMessage(
                        "Model file:/nowhere/at/all is not there: /nowhere/at/all is not a directory on this machine; name"
                                + " one that has config.json, tokenizer.json and an ONNX file.");
    }

    @Test
    void unpacksABuiltInModelOnceAndRepairsIt() throws Exception {
        ModelFolder first = resolve("builtin:bge-small-en-v1.5", null);
        Files.writeString(first.tokenizerFile(), "damaged");
        ModelFolder second = resolve("builtin:bge-small-en-v1.5", null);
        assertThat(second).isEqualTo(first);
        assertThat(Files.size(second.tokenizerFile())).isGreaterThan(100_000);
        assertThat(cacheEntries()).hasSize(1);
    }

    @Test
    void parallelOpenersUnpackOnce() throws Exception {
        ExecutorService openers = Executors.newFixedThreadPool(4);
        try {
            List<Future<ModelFolder>> folders = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                folders.add(openers.submit(() -> resolve("builtin:bge-small-en-v1.5", null)));
            }
            for (Future<ModelFolder> folder : folders) {
                assertThat(folder.get().weightsFile()).exists();
            }
        } finally {
            openers.shutdown();
        }
        assertThat(cacheEntries()).hasSize(1);
    }

    @Test
    void namesTheBuiltInModels() {
        assertThatThrownBy(() -> resolve("builtin:other", null))
                .hasMessage("There is no built-in model other; the built-in models are bge-small-en-v1.5,"
                        + " streamrank-minilm-l6-v2.");
    }

    @Test
    void refusesWeightsWithAnotherHash() {
        assertThatThrownBy(() -> resolve("file:" + Golden.folder("tiny-cross-encoder"), "AB".repeat(32)))
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "Model file:.* is not the one that was asked for: .*model.onnx has SHA-256 [0-9a-f]{64}, the"
                                + " configuration says (AB)+; correct either\\.");
    }

    @Test
    void copiesFromFlinksFileSystemsOnceForEachStateOfTheFiles() throws Exception {
        Path remote = directory.resolve("remote model");
        copy(Golden.folder("tiny-bi-encoder"), remote);
        Files.writeString(remote.resolve("README.md"), "not needed");
        String uri = "file:" + remote; // Flink does not decode addresses
        ModelFolder first = FileSystemModels.copy(new FlinkModelFiles(), spec(uri, null), cache());
        assertThat(first.weightsFile()).hasSameBinaryContentAs(remote.resolve("onnx/model.onnx"));
        assertThat(first.root().resolve("1_Pooling/config.json")).exists();
        assertThat(first.root().resolve("README.md")).doesNotExist();
        assertThat(FileSystemModels.copy(new FlinkModelFiles(), spec(uri, null), cache()))
                .isEqualTo(first);
        Files.writeString(remote.resolve("config.json"), "{}");
        assertThat(FileSystemModels.copy(new FlinkModelFiles(), spec(uri, null), cache()))
                .isNotEqualTo(first);
    }

    @Test
    void copiesTheFilesThatTheGraphNames() throws Exception {
        Path remote = directory.resolve("remote");
        copy(Golden.folder("tiny-bi-encoder"), remote);
        Files.move(remote.resolve("tokenizer.json"), remote.resolve("onnx/tokenizer.json"));
        Files.move(remote.resolve("1_Pooling"), remote.resolve("pooling"));
        Files.write(
                remote.resolve("onnx/model.onnx"),
                new TinyGraph()
                        .initializer(TinyGraph.external("a", List.of(1), "weights of a"))
                        .bytes());
        Files.writeString(remote.resolve("onnx/weights of a"), "1");
        Files.writeString(remote.resolve("onnx/weights of b"), "2");
        ModelFolder folder = FileSystemModels.copy(new FlinkModelFiles(), spec("file:" + remote, null), cache());
        assertThat(folder.root().resolve("onnx/weights of a")).hasContent("1");
        assertThat(folder.root().resolve("onnx/weights of b")).doesNotExist();
        assertThat(folder.root().resolve("pooling/config.json")).exists();
        assertThat(folder.tokenizerFile())
                .isEqualTo(folder.root().resolve("onnx/tokenizer.json"))
                .exists();
        Files.writeString(remote.resolve("onnx/weights of a"), "new");
        assertThat(FileSystemModels.copy(new FlinkModelFiles(), spec("file:" + remote, null), cache()))
                .isNotEqualTo(folder);
    }

    @Test
    void saysWhatAFileSystemMisses() {
        assertThatThrownBy(() -> new ModelResolver(new FlinkModelFiles()).resolve(spec("s9://bucket/model", null)))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessageStartingWith("Model s9://bucket/model cannot be listed: ")
                .hasMessageEndingWith(
                        "check the address, and that Flink has the file system's plugin and credentials.");
        assertThatThrownBy(() -> resolve("s3://bucket/model", null))
                .hasMessageContaining("only builtin:, hf: and file: can be read here");
    }

    private ModelFolder resolve(String uri, String sha256) throws ModelException {
        return new ModelResolver(ModelFileSystem.NONE).resolve(spec(uri, sha256));
    }

    private ModelSpec spec(String uri, String sha256) {
        return new ModelSpec(
                uri,
                null,
                null,
                null,
                null,
                null,
                null,
                sha256,
                cache().toString(),
                Duration.ofSeconds(1),
                Device.AUTO);
    }

    private Path cache() {
        return directory.resolve("cache");
    }

    private List<Path> cacheEntries() throws IOException {
        Path folder = cache().resolve("builtin/bge-small-en-v1.5");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }
}
