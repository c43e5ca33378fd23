// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.codec.Limits;
import io.streamrank.codec.QueryDefaults;
import io.streamrank.config.option.ConfigException;
import io.streamrank.config.option.Settings;
import io.streamrank.inference.CascadeStage;
import io.streamrank.inference.Models;
import io.streamrank.inference.hosted.HostedEmbedder;
import io.streamrank.inference.hosted.HostedReranker;
import io.streamrank.inference.hosted.HostedSpec;
import io.streamrank.inference.OwnVectors;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.onnx.OnnxModels;
import io.streamrank.inference.repository.ModelFileSystem;
import io.streamrank.inference.repository.ModelSpec;
import io.streamrank.inference.service.HostedServices;
import io.streamrank.kafka.KafkaConfig;
import io.streamrank.operator.FlinkModelFiles;
import io.streamrank.operator.corpus.CorpusConfig;
import io.streamrank.operator.query.RerankConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Holds all settings of a job, validated. Each function receives only its own record.
 *
 * @param dimension how many numbers each vector has, if there is no embedder; null if there is one
 * @param cascade a small cross-encoder that leaves the reranker {@code cascadeKeep} candidates; null for none
 * @param workers concurrent runs of all models together; 0 for one for each core
 * @param runTimeout time after which a run of a model counts as hung
 * @param slots resources of the slots of the reranker and of the rest; null where all share slots
 * @param hostedEmbedder takes the place of the embedder; null for none
 * @param hostedReranker takes the place of the cross-encoder; null for none
 * @param flink settings handed to Flink as they are, with Flink's own names
 */
public record JobConfig(
        KafkaConfig kafka,
        Limits limits,
        QueryDefaults query,
        CorpusConfig corpus,
        RerankConfig rerank,
        ModelSpec embedder,
        @Nullable Integer dimension,
        ModelSpec crossEncoder,
        @Nullable ModelSpec cascade,
        int cascadeKeep,
        BatchPolicy embedding,
        BatchPolicy reranking,
        PairPolicy pairs,
        int workers,
        Duration runTimeout,
        @Nullable Slots slots,
        @Nullable HostedSpec hostedEmbedder,
        @Nullable HostedSpec hostedReranker,
        Map<String, String> flink) {
    public JobConfig {
        flink = Map.copyOf(flink);
    }

    /**
     * Loads the configuration from a program's arguments {@code [--config FILE] [--set KEY=VALUE]...} and its environment; {@code --set} wins over
     * the file.
     *
     * @throws ConfigException with all problems
     */
    public static JobConfig load(String... args) {
        Arguments arguments = Arguments.parse(args);
        Map<String, String> settings = new LinkedHashMap<>();
        if (arguments.file() != null) {
            settings.putAll(SettingsFile.read(arguments.file()));
        }
        settings.putAll(arguments.set());
        return of(settings, System.getenv());
    }

    /**
     * Reads the configuration from settings by key, as they would stand in a file.
     *
     * @param environment variables that {@code ${NAME}} in values refers to
     * @throws ConfigException with all problems
     */
    public static JobConfig of(Map<String, String> written, Map<String, String> environment) {
        Settings settings = new Settings(written, environment);
        JobOptions.unknownKeys().problems(settings.keys()).forEach(settings::problem);
        JobConfig config = new JobConfig(
                KafkaOptions.read(settings),
                LimitOptions.read(settings),
                QueryOptions.read(settings),
                CorpusOptions.read(settings),
                RerankOptions.read(settings),
                ModelOptions.embedder(settings),
                ModelOptions.dimension(settings),
                ModelOptions.reranker(settings),
                ModelOptions.cascade(settings),
                settings.get(RerankOptions.CASCADE_KEEP),
                BatchOptions.EMBEDDING.read(settings),
                RerankOptions.BATCHES.read(settings),
                PairOptions.read(settings),
                settings.get(ModelOptions.WORKERS),
                settings.get(ModelOptions.RUN_TIMEOUT),
                SlotOptions.read(settings),
                HostedOptions.embedder(settings),
                HostedOptions.reranker(settings),
                FlinkOptions.read(settings));
        settings.throwIfWrong();
        return config;
    }

    /** Returns the models' factories; nothing is loaded before an operator opens them. */
    public Models models() {
        ModelFileSystem files = new FlinkModelFiles();
        return new Models(
                dimension == null ? OnnxModels.embedder(embedder, files) : new OwnVectors(dimension),
                OnnxModels.crossEncoder(crossEncoder, files),
                cascade == null ? null : new CascadeStage(OnnxModels.crossEncoder(cascade, files), cascadeKeep),
                embedding,
                reranking,
                pairs,
                workers,
                runTimeout,
                new HostedServices(
                        hostedEmbedder == null ? null : HostedEmbedder.factory(hostedEmbedder),
                        hostedReranker == null
                                ? null
                                : HostedReranker.factory(hostedReranker, pairs.scoreCacheBytes())));
    }

    /** Returns the settings for Flink. */
    public Configuration flinkConfiguration() {
        return Configuration.fromMap(flink);
    }
}
