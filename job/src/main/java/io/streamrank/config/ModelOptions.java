// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import io.streamrank.inference.Models;
import io.streamrank.inference.hosted.Provider;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelSpec;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;

/**
 * Defines the options of the models: which ones, on which device, and what replaces settings in their files.
 *
 * <p>Longer than 250 lines, as each option stands here with its description.
 */
final class ModelOptions {
    /** Names how the vectors of tokens are combined into the vector of a text. */
    enum PoolingMode {
        CLS,
        MEAN
    }

    /** Names what makes a score of a cross-encoder's logit. */
    enum ScoreActivation {
        SIGMOID,
        NONE
    }

    /** Groups the options that each model has. */
    record Model(Option<String> uri, Option<String> file, Option<Integer> maxTokens, Option<String> sha256) {}

    private static final Pattern ADDRESS = Pattern.compile("(builtin:\\S+|hf:[\\w.-]+/[\\w.-]+(@\\S+)?|file:.+"
            + "|(?!(builtin|hf|https?|tei):)[a-z][a-z0-9+.-]*://(?![^/@]*:[^@]*@).+)");
    private static final String ADDRESSES =
            "builtin:name, hf:org/name[@revision], file:/directory or another file system's URI such as"
                    + " s3://bucket/model, without a password";
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    /** The embedder's URI of a job whose documents and queries bring their vectors. */
    static final String NO_EMBEDDER = "none";

    static final Model EMBEDDER = model(
            "embedder",
            Option.text(
                    "models.embedder.uri",
                    "builtin:bge-small-en-v1.5",
                    ADDRESSES
                            + ", or openai:model, cohere:model, voyage:model, jina:model, together:model or"
                            + " tei:http://host:port for an API, or none",
                    uri -> uri.equals(NO_EMBEDDER)
                            || ADDRESS.matcher(uri).matches()
                            || Provider.of(uri).isPresent(),
                    description("embedder")
                            + " none: documents and queries bring their vectors, each of corpus.dimension values."));
    static final Model RERANKER = model(
            "reranker",
            Option.text(
                    "models.reranker.uri",
                    "builtin:streamrank-minilm-l6-v2",
                    ADDRESSES
                            + ", or cohere:model, voyage:model, jina:model, together:model or tei:http://host:port for"
                            + " an API",
                    uri -> ADDRESS.matcher(uri).matches()
                            || Provider.of(uri).filter(Provider::reranks).isPresent(),
                    description("reranker")));
    static final Model CASCADE = model(
            "cascade",
            Option.optionalText(
                    "models.cascade.uri",
                    ADDRESSES,
                    ADDRESS.asMatchPredicate(),
                    "URI of a small cross-encoder, as in models.reranker.uri. It reads all candidates and passes"
                            + " the best rerank.cascade-keep of them to the reranker. Not set: the reranker reads all"
                            + " candidates."));
    static final Option<String> QUERY_PREFIX = prefix("query", "queries");
    static final Option<String> PASSAGE_PREFIX = prefix("passage", "documents");
    static final Option<PoolingMode> POOLING = Option.optionalChoice(
            "models.embedder.pooling",
            PoolingMode.class,
            "How the vector of a text is computed from the vectors of its tokens. Default: as the model's files"
                    + " say, or as its graph does. If neither says it, the mean.");
    static final Option<ScoreActivation> RERANKER_ACTIVATION = activation("reranker");
    static final Option<ScoreActivation> CASCADE_ACTIVATION = activation("cascade");
    static final Option<String> CACHE_DIRECTORY = Option.optionalText(
            "models.cache-dir",
            "a directory",
            Option::filled,
            "Directory on each machine of the cluster for downloaded models and unpacked built-in models. Default:"
                    + " .cache/streamrank in the home directory.");
    static final Option<String> DEVICE = Option.text(
            "models.device",
            Device.AUTO.toString(),
            "auto, cpu, cuda or cuda:n",
            Device::isOne,
            "Device that the models run on. auto: a GPU, if the job was built with CUDA, the weights are of full or half"
                    + " precision or a BERT's, and the first run there succeeds; otherwise the CPU. cuda: a GPU, or the job ends and says why."
                    + " cuda:n: the GPU with this number, from 0. Without a number it is the GPU that Flink gives the slot as"
                    + " the external resource gpu.");
    static final Option<MemorySize> GPU_MEMORY = Option.size(
            "models.gpu-memory",
            new MemorySize(Device.MEMORY_BYTES),
            MemorySize.ZERO,
            MemorySize.ofMebiBytes(1 << 20),
            "Maximum GPU memory of each model beyond its weights. If the largest batches do not fit, the job makes smaller ones."
                    + " 0: no limit.");
    static final Option<Integer> WORKERS = Option.integer(
            "models.workers",
            0,
            0,
            1_024,
            "Maximum number of runs of all models at the same time on the cores of a TaskManager. It does not depend on"
                    + " the parallelism. Runs on a GPU have threads in addition. Embedding of queries goes before reranking, and reranking before embedding of documents."
                    + " 0: one for each core.");
    static final Option<Duration> RUN_TIMEOUT = Option.duration(
            "models.run-timeout",
            Models.RUN_TIMEOUT,
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            "After this time a run of a model counts as hung, and another thread takes its place. Queries whose pairs"
                    + " were in it are degraded. Its documents are embedded again, each alone, once the model embeds"
                    + " another text. A document that hangs two runs of its own becomes a dead letter. If twice as many"
                    + " runs hang as the model may have, and at least 4, the task fails and loads the model again. Set it"
                    + " longer than the largest batch takes.");
    static final Option<Duration> DOWNLOAD_TIMEOUT = Option.duration(
            "models.download-timeout",
            ModelSpec.of("").downloadTimeout(),
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            "Maximum time for the download of one file.");

    static final Section SECTION = new Section(
            "Models",
            "The model's own files decide what is not set here. The machine that downloads reads HF_ENDPOINT and"
                    + " HF_TOKEN from its environment.",
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
                    RERANKER_ACTIVATION,
                    RERANKER.sha256,
                    CASCADE.uri,
                    CASCADE.file,
                    CASCADE.maxTokens,
                    CASCADE_ACTIVATION,
                    CASCADE.sha256,
                    DEVICE,
                    GPU_MEMORY,
                    WORKERS,
                    RUN_TIMEOUT,
                    CACHE_DIRECTORY,
                    DOWNLOAD_TIMEOUT));

    private ModelOptions() {}

    /** Returns whether embedder and reranker are the ones that come with the job. */
    static boolean areBuiltIn(Settings settings) {
        return Stream.of(EMBEDDER.uri, RERANKER.uri)
                .allMatch(uri -> settings.get(uri).equals(uri.definition().defaultValue()));
    }

    /** Returns how many numbers each vector has, if there is no embedder; null if there is one, which then decides. */
    static @Nullable Integer dimension(Settings settings) {
        if (settings.get(EMBEDDER.uri).equals(NO_EMBEDDER)) {
            return settings.require(CorpusOptions.DIMENSION, 384);
        }
        settings.rule(
                settings.find(CorpusOptions.DIMENSION) == null,
                "corpus.dimension must not be set unless models.embedder.uri is none: the embedder decides how many"
                        + " values a vector has",
                CorpusOptions.DIMENSION,
                EMBEDDER.uri);
        return null;
    }

    static ModelSpec embedder(Settings settings) {
        if (settings.get(EMBEDDER.uri).equals(NO_EMBEDDER)) {
            settings.noEffect(
                    List.of(EMBEDDER.file, EMBEDDER.maxTokens, EMBEDDER.sha256, QUERY_PREFIX, PASSAGE_PREFIX, POOLING),
                    "if models.embedder.uri is none; leave it out, or change the URI",
                    EMBEDDER.uri);
        }
        return read(
                settings,
                EMBEDDER,
                settings.find(QUERY_PREFIX),
                settings.find(PASSAGE_PREFIX),
                name(settings.find(POOLING)),
                null);
    }

    static ModelSpec reranker(Settings settings) {
        return read(settings, RERANKER, null, null, null, name(settings.find(RERANKER_ACTIVATION)));
    }

    /** Returns the small cross-encoder before the reranker, or null where none is set. */
    static @Nullable ModelSpec cascade(Settings settings) {
        if (settings.find(CASCADE.uri) == null) {
            settings.noEffect(
                    List.of(
                            RerankOptions.CASCADE_KEEP,
                            CASCADE.file,
                            CASCADE.maxTokens,
                            CASCADE_ACTIVATION,
                            CASCADE.sha256),
                    "without models.cascade.uri; set that, or leave this out",
                    CASCADE.uri);
            return null;
        }
        return read(settings, CASCADE, null, null, null, name(settings.find(CASCADE_ACTIVATION)));
    }

    private static @Nullable String name(@Nullable Enum<?> choice) {
        return choice == null ? null : Option.name(choice);
    }

    private static ModelSpec read(
            Settings settings,
            Model model,
            @Nullable String queryPrefix,
            @Nullable String passagePrefix,
            @Nullable String pooling,
            @Nullable String activation) {
        return new ModelSpec(
                settings.get(model.uri),
                settings.find(model.file),
                settings.find(model.maxTokens),
                queryPrefix,
                passagePrefix,
                pooling,
                activation,
                settings.find(model.sha256),
                settings.find(CACHE_DIRECTORY),
                settings.get(DOWNLOAD_TIMEOUT),
                Device.of(settings.get(DEVICE)).with(settings.get(GPU_MEMORY).getBytes()));
    }

    private static String description(String name) {
        return "URI of the " + name
                + ": builtin:name, hf:org/name[@revision] in the Hugging Face layout, file:/directory, or a URI of"
                + " any file system that Flink can read, such as s3://bucket/model. Or provider:model for a model"
                + " behind an API.";
    }

    private static Model model(String name, Option<String> uri) {
        String section = "models." + name;
        return new Model(
                uri,
                Option.optionalText(
                        section + ".file",
                        "a path inside the model",
                        Option::filled,
                        "Path of the weights inside the model, such as onnx/model_int8.onnx."),
                Option.optionalInteger(
                        section + ".max-tokens",
                        8,
                        65_536,
                        "Maximum length of an input, in tokens. The rest is cut off."),
                Option.optionalText(
                        section + ".sha256",
                        "64 hexadecimal digits",
                        SHA256.asMatchPredicate(),
                        "SHA-256 of the weights file. The job refuses weights that differ."));
    }

    private static Option<ScoreActivation> activation(String model) {
        return Option.optionalChoice(
                "models." + model + ".activation",
                ScoreActivation.class,
                "What turns a logit of the " + model
                        + " into a score. sigmoid: a number between 0 and 1. none: the logit"
                        + " itself. Default: as the model's files say, or else sigmoid.");
    }

    private static Option<String> prefix(String role, String texts) {
        return Option.optionalText(
                "models.embedder." + role + "-prefix",
                "a text",
                text -> true,
                "Text to put before "
                        + texts
                        + ", spaces included. The model's card says whether the model wants one. Empty: none.");
    }
}
