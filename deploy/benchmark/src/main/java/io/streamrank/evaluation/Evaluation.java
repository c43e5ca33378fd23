// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.config.JobConfig;
import io.streamrank.event.DeadLetter;
import io.streamrank.inference.model.ModelException;
import io.streamrank.local.cluster.LocalCluster;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.InputException;
import io.streamrank.local.console.StopSignal;
import io.streamrank.report.ReportDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Measures what the job makes of a collection with relevance judgements, for each pair of models.
 *
 * @param collection a directory, or the address of a built-in one
 * @param candidates to rerank, each at least 1, ascending
 * @param queries how many at most, or 0 for all
 * @param judgedOnly whether each query ranks the documents judged for it, instead of searching
 * @param report where the report goes, or null for none
 */
public record Evaluation(
        String collection,
        List<Integer> candidates,
        List<ModelPair> modelPairs,
        int queries,
        boolean judgedOnly,
        int parallelism,
        @Nullable Path report) {
    public Evaluation {
        candidates = List.copyOf(candidates);
        modelPairs = List.copyOf(modelPairs);
    }

    @SuppressWarnings("try") // the signals' handler is there, and needs nothing
    public void run(Console console) throws Exception {
        TestCollection all = BuiltinCollection.isAddress(collection)
                ? BuiltinCollection.read(collection)
                : BeirFiles.read(Path.of(collection));
        TestCollection testCollection = queries == 0 ? all : all.sample(queries);
        List<Integer> depths = judgedOnly ? List.of(mostJudged(testCollection)) : candidates;
        int most = depths.get(depths.size() - 1);
        List<JobConfig> configs =
                modelPairs.stream().map(models -> models.config(most)).toList();
        refuseCurveOfCascade(configs, depths);
        ReportDirectory directory = report == null ? null : ReportDirectory.create(report);
        checkModels(configs, console);
        describe(testCollection, console);
        CollectionRecords records = new CollectionRecords(testCollection, most, judgedOnly);
        List<EvaluationResult> results = new ArrayList<>();
        try (StopSignal unused = StopSignal.here();
                LocalCluster cluster = LocalCluster.start(
                        parallelism, LocalCluster.withoutRestarts(configs.get(0).flinkConfiguration()))) {
            for (int i = 0; i < modelPairs.size(); i++) {
                ModelPair models = modelPairs.get(i);
                RunOutcome outcome = new EvaluationRun(console, cluster, parallelism).run(configs.get(i), records);
                warn(outcome, console);
                results.add(result(models, weight(configs.get(i)), testCollection, outcome, depths));
            }
        }
        new EvaluationTables(results).print(console);
        if (directory != null) {
            new EvaluationReport(directory, testCollection, results).write();
            console.say("report: " + directory.path().resolve(EvaluationReport.PAGE));
        }
    }

    private static int mostJudged(TestCollection testCollection) {
        return testCollection.queries().keySet().stream()
                .mapToInt(query -> testCollection.gradesOf(query).size())
                .max()
                .orElse(1);
    }

    /** One run with most candidates tells what fewer give only where each is scored for itself. */
    private static void refuseCurveOfCascade(List<JobConfig> configs, List<Integer> depths) {
        if (depths.size() > 1 && configs.get(0).cascade() != null) {
            throw new InputException("a cascade leaves the reranker the best of all candidates, which are not those of"
                    + " fewer: with models.cascade.uri give --candidates one number instead of "
                    + depths.stream().map(String::valueOf).collect(Collectors.joining(",")));
        }
    }

    /** Nothing was retrieved that could have a say where each query brings its documents. */
    private double weight(JobConfig config) {
        return judgedOnly ? 0 : config.rerank().retrievalWeight();
    }

    private EvaluationResult result(
            ModelPair models, double weight, TestCollection testCollection, RunOutcome outcome, List<Integer> depths) {
        Map<String, Ranking> answers = outcome.answers();
        RunSummary retrieved =
                judgedOnly ? null : RunSummary.retrieved(testCollection, answers, depths.get(depths.size() - 1));
        List<RunSummary> reranked = depths.stream()
                .map(depth -> RunSummary.reranked(testCollection, answers, depth, retrieved))
                .toList();
        List<RunSummary> byLogit = weight == 0
                ? List.of()
                : depths.stream()
                        .map(depth -> RunSummary.byLogit(testCollection, answers, depth, retrieved))
                        .toList();
        return new EvaluationResult(
                models.embedderName(), models.rerankerName(), weight, retrieved, reranked, byLogit, outcome.cost());
    }

    /** A model that cannot be used should not be found out after hours with another. */
    private static void checkModels(List<JobConfig> configs, Console console) throws ModelException {
        console.status("loading models …");
        for (JobConfig config : configs) {
            config.models().openEmbedder().close();
            config.models().openReranker().close();
        }
        console.status("");
    }

    private static void describe(TestCollection testCollection, Console console) {
        console.say(String.format(
                Locale.ROOT,
                "%s: %,d documents, %,d queries with relevant documents%s",
                testCollection.name(),
                testCollection.documents().size(),
                testCollection.queries().size(),
                testCollection.withoutRelevant() == 0
                        ? ""
                        : String.format(Locale.ROOT, " (%,d without are left out)", testCollection.withoutRelevant())));
    }

    private static void warn(RunOutcome outcome, Console console) {
        if (outcome.degraded() > 0) {
            console.say("degraded answers, partly or wholly in retrieval order: " + outcome.degraded());
        }
        if (!outcome.refused().isEmpty()) {
            DeadLetter first = outcome.refused().get(0);
            console.say(String.format(
                    Locale.ROOT,
                    "records that could not be used: %,d (a query then counts as 0), of which the first is %s %d: %s",
                    outcome.refused().size(),
                    first.record().topic().equals("queries") ? "query" : "document",
                    first.record().offset() + 1,
                    first.message()));
        }
    }
}
