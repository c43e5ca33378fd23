// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.RerankJob;
import io.streamrank.config.JobConfig;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.Hit;
import io.streamrank.event.RankedResult;
import io.streamrank.local.cluster.LocalCluster;
import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.cluster.LocalMetrics;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.Progress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** Runs the job once over a collection: every query, with as many candidates as are ever looked at. */
record EvaluationRun(Console console, LocalCluster cluster, int parallelism) {
    private static final int STEP_MS = 50;

    @SuppressWarnings("try") // Flink's iterators may be interrupted as they close, as everything here may
    RunOutcome run(JobConfig config, CollectionRecords records) throws Exception {
        StreamExecutionEnvironment env = cluster.environment();
        env.configure(config.flinkConfiguration());
        env.setParallelism(parallelism);
        List<EvaluationQuery> requests = records.requests();
        try (MemoryRecords documents = new MemoryRecords("documents", records.documents(), records::document);
                MemoryRecords queries = new MemoryRecords("queries", requests.size(), records::query)) {
            RerankJob.Outputs out = RerankJob.define(
                    env, queries.source(), documents.source(), documents.extent(), config.models(), config);
            try (CloseableIterator<RankedResult> results = out.results().collectAsync();
                    CloseableIterator<DeadLetter> letters = out.deadLetters().collectAsync()) {
                JobClient job = env.executeAsync("evaluate");
                Collector<RankedResult> answers = Collector.start(results, "answers");
                Collector<DeadLetter> refused = Collector.start(letters, "refused");
                watch(job, config, records, answers);
                return outcome(answers.all(), refused.all(), requests);
            }
        }
    }

    /** Shows how far the job is until it ends. */
    private void watch(JobClient job, JobConfig config, CollectionRecords records, Collector<RankedResult> answers)
            throws Exception {
        try (Progress embedding = new Progress(console, "embedding documents", " docs", 1, records.documents())) {
            while (LocalMetrics.sum("corpus.loaded") < parallelism && answers.count() == 0 && !ended(job)) {
                embedding.to(LocalJob.searchable(config));
            }
        }
        try (Progress scoring = new Progress(
                console, "reranking", " queries", 1, records.requests().size())) {
            while (!ended(job)) {
                scoring.to(LocalMetrics.sum("queries.ranked") + LocalMetrics.sum("queries.degraded"));
            }
        }
    }

    private static boolean ended(JobClient job) throws InterruptedException, ExecutionException {
        try {
            job.getJobExecutionResult().get(STEP_MS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException stillRunning) {
            return false;
        }
    }

    private static RunOutcome outcome(
            List<RankedResult> results, List<DeadLetter> refused, List<EvaluationQuery> requests) {
        Map<EvaluationQuery, Ranking> answers = new HashMap<>();
        Map<EvaluationQuery, Long> retrievalMs = new HashMap<>();
        for (RankedResult result : results) {
            EvaluationQuery request = requests.get(Integer.parseInt(result.id()));
            answers.put(request, ranking(result.results()));
            retrievalMs.put(request, result.timing().embedMs() + result.timing().retrieveMs());
        }
        int degraded = (int) results.stream().filter(RankedResult::degraded).count();
        return new RunOutcome(answers, retrievalMs, RunOutcome.Cost.of(results), degraded, refused);
    }

    private static Ranking ranking(List<Hit> hits) {
        return new Ranking(hits.stream()
                .map(hit -> new Ranking.Candidate(
                        Objects.requireNonNull(hit.id(), "every document has an id"), hit.index(), hit.logit()))
                .toList());
    }

    /** Takes what the job sends, so that it need not wait. */
    private record Collector<T>(Queue<T> taken, FutureTask<List<T>> task) {
        static <T> Collector<T> start(Iterator<T> from, String name) {
            Queue<T> taken = new ConcurrentLinkedQueue<>();
            FutureTask<List<T>> task = new FutureTask<>(() -> {
                from.forEachRemaining(taken::add);
                return new ArrayList<>(taken);
            });
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.start();
            return new Collector<>(taken, task);
        }

        int count() {
            return taken.size();
        }

        List<T> all() throws InterruptedException, ExecutionException {
            return task.get();
        }
    }
}
