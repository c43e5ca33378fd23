// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import io.streamrank.benchmark.workload.EmbeddedCorpus;
import io.streamrank.config.JobConfig;
import io.streamrank.evaluation.ModelPair;
import io.streamrank.inference.Models;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.kafka.KafkaConfig;
import io.streamrank.kafka.TopicCreator;
import io.streamrank.local.client.DocumentSender;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.client.QueryClient;
import io.streamrank.local.cluster.LocalCluster;
import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.cluster.LocalStack;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.InputException;
import io.streamrank.local.console.Progress;
import io.streamrank.local.data.BadRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.execution.JobClient;
import org.jspecify.annotations.Nullable;

/** Starts an embedded broker with the corpus, and over it a job for each parallelism, between topics of its own. */
public final class KafkaPipelines implements AutoCloseable {
    private final LocalStack stack;
    private final List<KafkaPipeline> pipelines = new ArrayList<>();

    private KafkaPipelines(LocalStack stack) {
        this.stack = stack;
    }

    /**
     * Starts everything; a job loads its models and the corpus until its first answer.
     *
     * @param settings of the job
     * @param model the reranker, or null for the one that the settings name
     * @param replace puts other models in the place of the settings' own
     * @param service the engine that these models give
     * @param window most queries under way at the same time
     */
    public static KafkaPipelines start(
            Map<String, String> settings,
            @Nullable String model,
            UnaryOperator<Models> replace,
            List<Integer> parallelisms,
            EmbeddedCorpus corpus,
            PassageReranker service,
            int window,
            Console console)
            throws Exception {
        Configuration flink = LocalCluster.withoutRestarts(new Configuration());
        int slots = parallelisms.stream().mapToInt(Integer::intValue).sum();
        KafkaPipelines started = new KafkaPipelines(LocalStack.start(0, slots, flink));
        try {
            for (int parallelism : parallelisms) {
                JobConfig config = started.config(settings, model, parallelism, corpus.candidates(), window);
                new TopicCreator(config.kafka()).createMissing();
                if (started.pipelines.isEmpty()) {
                    load(corpus, config.kafka(), console);
                }
                started.pipelines.add(started.submit(config, replace.apply(config.models()), parallelism, service));
            }
        } catch (Exception e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** Returns all, in the order of their parallelisms. */
    public List<KafkaPipeline> all() {
        return List.copyOf(pipelines);
    }

    private JobConfig config(Map<String, String> settings, @Nullable String model, int parallelism, int candidates, int window) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("kafka.bootstrap-servers", stack.kafka().bootstrapServers());
        all.putIfAbsent("kafka.topics.partitions", Integer.toString(parallelism));
        all.put("kafka.topics.queries", "queries-" + parallelism);
        all.put("kafka.topics.results", "ranked-results-" + parallelism);
        all.put("kafka.topics.dead-letters", "dead-letters-" + parallelism);
        all.put("kafka.transactional-id-prefix", "benchmark-" + parallelism);
        all.putIfAbsent("rerank.capacity", Integer.toString(Math.max(16, window))); // the window is the only bound
        return new ModelPair(all, null, model).config(candidates);
    }

    private static void load(EmbeddedCorpus corpus, KafkaConfig kafka, Console console) {
        KafkaConnection connection = new KafkaConnection(kafka.bootstrapServers(), Map.of());
        Queue<BadRecord> bad = new ConcurrentLinkedQueue<>();
        try (DocumentSender sender = new DocumentSender(connection, kafka.documentsTopic(), bad::add, "benchmark");
                Progress progress = new Progress(console, "loading documents", " docs", 1, corpus.size())) {
            for (int i = 0; i < corpus.size(); i++) {
                sender.send(corpus.document(i));
                progress.to(i + 1L);
            }
            long sent = sender.flush();
            if (!bad.isEmpty()) {
                throw new InputException((corpus.size() - sent) + " passages cannot be loaded, of which one "
                        + bad.remove().problem() + ": leave them out of the collection");
            }
        }
    }

    private KafkaPipeline submit(JobConfig config, Models models, int parallelism, PassageReranker service) throws Exception {
        Configuration flink = new Configuration().set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        JobClient job = LocalJob.submit(config, models, stack.cluster(), flink);
        QueryClient queries = new QueryClient(
                new KafkaConnection(config.kafka().bootstrapServers(), Map.of()), LocalJob.topics(config));
        return new KafkaPipeline(parallelism, job, queries, service);
    }

    @Override
    public void close() {
        pipelines.forEach(KafkaPipeline::close);
        stack.close();
    }
}
