// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.config.JobConfig;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.RetrievalMode;
import io.streamrank.inference.model.ModelException;
import io.streamrank.local.cluster.LocalCluster;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.ExitCode;
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
 * @param modes how candidates are found; none where each query ranks the documents judged for it, instead of searching
 * @param report where the report goes, or null for none
 */
public record Evaluation(
        String collection,
        List<Integer> candidates,
        List<ModelPair> modelPairs,
        int queries,
        List<RetrievalMode> modes,
        int parallelism,
        @Nullable Path report) {
    public Evaluation {
        candidates = List.copyOf(candidates);
        modelPairs = List.copyOf(modelPairs);
        modes = List.copyOf(modes);
    }

    /** Returns the exit code, by whether every record could be used. */
    @SuppressWarnings("try") // the signals' handler is there, and needs nothing
    public int run(Console console) throws Exception {
        TestCollection all = BuiltinCollection.isAddress(collection)
                ? BuiltinCollection.read(collection)
                : BeirFiles.read(Path.of(collection));
        TestCollection testCollection = queries == 0 ? all : all.sample(queries);
        List<Integer> depths = modes.isEmpty() ? List.of(mostJudged(testCollection)) : candidates;
        int most = depths.get(depths.size() - 1);
        List<JobConfig> configs =
                modelPairs.stream().map(models -> models.config(most)).toList();
        refuseCurveOfCascade(configs, depths);
        ReportDirectory directory = report == null ? null : ReportDirectory.create(report);
        checkModels(configs, console);
        describe(testCollection, console);
        CollectionRecords records = new CollectionRecords(testCollection, modes, depths);
        List<EvaluationResult> results = new ArrayList<>();
        int exitCode = ExitCode.DONE;
        try (StopSignal unused = StopSignal.here();
                LocalCluster cluster = LocalCluster.start(
                        parallelism, LocalCluster.withoutRestarts(configs.get(0).flinkConfiguration()))) {
            for (int i = 0; i < modelPairs.size(); i++) {
                ModelPair models = modelPairs.get(i);
                RunOutcome outcome = new EvaluationRun(console, cluster, parallelism).run(configs.get(i), records);
                warn(outcome, console);
                exitCode = outcome.refused().isEmpty() ? exitCode : ExitCode.SOME_REFUSED;
                double weight = weight(configs.get(i));
                for (RetrievalMode mode : modesOrNone()) {
                    results.add(result(models, mode, weight, testCollection, outcome, depths));
                }
            }
        }
        new EvaluationTables(results).print(console);
        if (directory != null) {
            new EvaluationReport(directory, testCollection, results).write();
            console.say("report: " + directory.path().resolve(EvaluationReport.PAGE));
        }
        return exitCode;
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
        return modes.isEmpty() ? 0 : config.rerank().retrievalWeight();
    }

    /** Returns the modes, or null alone for queries that bring their documents. */
    private List<@Nullable RetrievalMode> modesOrNone() {
        List<@Nullable RetrievalMode> all = new ArrayList<>(modes);
        if (all.isEmpty()) {
            all.add(null);
        }
        return all;
    }

    private static EvaluationResult result(
            ModelPair models,
            @Nullable RetrievalMode mode,
            double weight,
            TestCollection testCollection,
            RunOutcome outcome,
            List<Integer> depths) {
        int most = depths.get(depths.size() - 1);
        RunSummary retrieved =
                mode == null ? null : RunSummary.retrieved(testCollection, outcome.answers(mode, most, most), most);
        List<RunSummary> reranked = new ArrayList<>();
        List<RunSummary> byLogit = new ArrayList<>();
        for (int depth : depths) {
            Map<String, Ranking> answers = outcome.answers(mode, depth, most);
            reranked.add(RunSummary.reranked(testCollection, answers, depth, retrieved));
            if (weight != 0) {
                byLogit.add(RunSummary.byLogit(testCollection, answers, depth, retrieved));
            }
        }
        return new EvaluationResult(
                models.embedderName(),
                models.rerankerName(),
                mode,
                weight,
                retrieved,
                reranked,
                byLogit,
                outcome.retrievalMs(mode),
                outcome.cost());
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
        if (testCollection.unknown() > 0) {
            console.say(String.format(
                    Locale.ROOT,
                    "judgements that name a query or a document which the collection does not have: %,d",
                    testCollection.unknown()));
        }
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
