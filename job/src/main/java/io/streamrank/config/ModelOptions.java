// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import io.streamrank.inference.Models;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelSpec;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which models, and what is said here over what their own files say. */
final class ModelOptions {
    /** How token vectors become the vector of a text. */
    enum Pooling {
        CLS,
        MEAN
    }

    /** What all models have. */
    record Model(Option<String> uri, Option<String> file, Option<Integer> maxTokens, Option<String> sha256) {}

    /**
     * What the built-in reranker's model card found best beside the built-in embedder. Of other models nothing is known:
     * their logits and cosines have other scales.
     */
    static final double BUILT_IN_RETRIEVAL_WEIGHT = 15;

    private static final Pattern ADDRESS = Pattern.compile(
            "(builtin:\\S+|hf:[\\w.-]+/[\\w.-]+(@\\S+)?|file:.+|(?!(builtin|hf|https?):)[a-z][a-z0-9+.-]*://.+)");
    private static final String ADDRESSES =
            "builtin:name, hf:org/name[@revision], file:/directory or another file system's URI such as s3://bucket/model";
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    static final Model EMBEDDER = model("embedder", "builtin:bge-small-en-v1.5");
    static final Model RERANKER = model("reranker", "builtin:streamrank-minilm-l6-v1");
    static final Model CASCADE = model(
            "cascade",
            Option.optionalText(
                    "models.cascade.uri",
                    ADDRESSES,
                    ADDRESS.asMatchPredicate(),
                    "A small cross-encoder that reads all candidates and leaves the reranker the best rerank.cascade-keep of"
                            + " them, as in models.reranker.uri. Not set: the reranker reads all."));
    static final Option<String> QUERY_PREFIX = prefix("query", "queries");
    static final Option<String> PASSAGE_PREFIX = prefix("passage", "documents");
    static final Option<Pooling> POOLING = Option.optionalChoice(
            "models.embedder.pooling", Pooling.class, "How the vectors of tokens become the vector of a text.");
    static final Option<String> CACHE_DIRECTORY = Option.optionalText(
            "models.cache-dir",
            "a directory",
            Option::filled,
            "Directory on each machine of the cluster for downloads and unpacked built-in models."
                    + " Default: .cache/streamrank in the home directory.");
    static final Option<String> DEVICE = Option.text(
            "models.device",
            Device.AUTO.toString(),
            "auto, cpu, cuda or cuda:n",
            Device::isOne,
            "Where the models run. auto: on a GPU where the job was built with CUDA, a GPU is there that runs the model, and the model is"
                    + " not an int8 one made for CPUs; else on the CPU. cuda: on a GPU, or the job ends and says why not. Which of"
                    + " several: :n, from 0, or what Flink gives the slot as the external resource gpu.");
    static final Option<Integer> WORKERS = Option.integer(
            "models.workers",
            0,
            0,
            1_024,
            "Runs of all models together at the same time on a TaskManager, whatever the parallelism: embedding queries goes"
                    + " before reranking, and that before embedding documents. 0: one for each core.");
    static final Option<Duration> RUN_TIMEOUT = Option.duration(
            "models.run-timeout",
            Models.RUN_TIMEOUT,
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            "After this a run of a model counts as hung: its texts fail, and another thread takes its place. When twice as many"
                    + " runs hang as the model may have, and at least 4, the task fails, and its restart opens the model"
                    + " again. Longer than the largest batch takes.");
    static final Option<Duration> DOWNLOAD_TIMEOUT = Option.duration(
            "models.download-timeout",
            ModelSpec.of("").downloadTimeout(),
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            "How long the download of one file may take.");

    static final Section SECTION = new Section(
            "Models",
            "What is not set here is as the model's own files say. HF_ENDPOINT and HF_TOKEN are read from the environment of the"
                    + " machine that downloads.",
            List.of(
                    EMBEDDER.uri,
                    EMBEDDER.file,
                    EMBEDDER.maxTokens,
                    QUERY_PREFIX,
                    PASSAGE_PREFIX,
                    POOLING,
                    EMBEDDER.sha256,
                    RERANKER.uri,
                    RERANKER.file,
                    RERANKER.maxTokens,
                    RERANKER.sha256,
                    CASCADE.uri,
                    CASCADE.file,
                    CASCADE.maxTokens,
                    CASCADE.sha256,
                    DEVICE,
                    WORKERS,
                    RUN_TIMEOUT,
                    CACHE_DIRECTORY,
                    DOWNLOAD_TIMEOUT));

    private ModelOptions() {}

    /** The weight that suits the models, where none is set. */
    static double retrievalWeight(Settings settings) {
        boolean builtIn = Stream.of(EMBEDDER.uri, RERANKER.uri)
                .allMatch(uri -> settings.get(uri).equals(uri.definition().defaultValue()));
        return builtIn ? BUILT_IN_RETRIEVAL_WEIGHT : 0;
    }

    static ModelSpec embedder(Settings settings) {
        Pooling pooling = settings.find(POOLING);
        return read(
                settings,
                EMBEDDER,
                settings.find(QUERY_PREFIX),
                settings.find(PASSAGE_PREFIX),
                pooling == null ? null : Option.name(pooling));
    }

    static ModelSpec reranker(Settings settings) {
        return read(settings, RERANKER, null, null, null);
    }

    /** The small cross-encoder before the reranker, or null where none is set. */
    static @Nullable ModelSpec cascade(Settings settings) {
        return settings.find(CASCADE.uri) == null ? null : read(settings, CASCADE, null, null, null);
    }

    private static ModelSpec read(
            Settings settings,
            Model model,
            @Nullable String queryPrefix,
            @Nullable String passagePrefix,
            @Nullable String pooling) {
        return new ModelSpec(
                settings.get(model.uri),
                settings.find(model.file),
                settings.find(model.maxTokens),
                queryPrefix,
                passagePrefix,
                pooling,
                settings.find(model.sha256),
                settings.find(CACHE_DIRECTORY),
                settings.get(DOWNLOAD_TIMEOUT),
                Device.of(settings.get(DEVICE)));
    }

    private static Model model(String name, String uri) {
        return model(
                name,
                Option.text(
                        "models." + name + ".uri",
                        uri,
                        ADDRESSES,
                        ADDRESS.asMatchPredicate(),
                        "The " + name
                                + ": builtin:name, hf:org/name[@revision] in the Hugging Face layout, file:/directory, or a URI of"
                                + " any file system that Flink can read, such as s3://bucket/model."));
    }

    private static Model model(String name, Option<String> uri) {
        String section = "models." + name;
        return new Model(
                uri,
                Option.optionalText(
                        section + ".file",
                        "a path inside the model",
                        Option::filled,
                        "The weights' path inside the model, such as onnx/model_int8.onnx."),
                Option.optionalInteger(
                        section + ".max-tokens", 8, 65_536, "Longest input, in tokens; the rest is cut off."),
                Option.optionalText(
                        section + ".sha256",
                        "64 hexadecimal digits",
                        SHA256.asMatchPredicate(),
                        "SHA-256 of the weights file; weights that differ are refused."));
    }

    private static Option<String> prefix(String role, String texts) {
        return Option.optionalText(
                "models.embedder." + role + "-prefix",
                "a text",
                text -> true,
                "Put before " + texts + ", spaces included; a model's card says whether it wants one. Empty: none.");
    }
}
