// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static io.streamrank.local.command.OptionChecks.requirePositive;

import io.streamrank.event.RetrievalMode;
import io.streamrank.local.command.ConsoleMixin;
import io.streamrank.local.command.ParallelismOption;
import io.streamrank.local.command.SettingsOption;
import io.streamrank.local.command.Subcommand;
import io.streamrank.local.console.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs {@code ./streamrank evaluate}: measures what reranking buys on the user's own data. */
@Command(
        name = "evaluate",
        description = {
            "Measures what reranking gains on a collection with relevance judgements: runs the job over it and compares"
                    + " retrieval alone with reranking, by vectors, by words and by both, by the measures of trec_eval.",
            "",
            "The directory is in the layout of BEIR: corpus.jsonl (_id, title, text), queries.jsonl (_id, text),"
                    + " qrels.tsv or qrels/test.tsv (query id, document id, grade). Queries without a relevant document"
                    + " are left out."
        },
        footer = {
            "  ./streamrank evaluate --collection builtin:configuration",
            "  ./streamrank evaluate --collection scifact",
            "  ./streamrank evaluate --collection scifact --candidates 10,20,50,100 --report scifact-report",
            "  ./streamrank evaluate --collection scifact --model builtin:streamrank-minilm-l6-v2 --model"
                    + " hf:cross-encoder/ms-marco-MiniLM-L6-v2"
        })
public final class EvaluateCommand implements Subcommand {
    private static final List<String> MODES = List.of("streaming", "batch");

    @Option(
            names = "--collection",
            paramLabel = "DIR",
            required = true,
            description = "The collection, or builtin:configuration for questions over the demo's corpus.")
    private String collection = "";

    @Option(
            names = "--candidates",
            paramLabel = "N",
            split = ",",
            defaultValue = "10,50,100",
            description =
                    "Documents to rerank for each query. Several values give a curve and cost no more than the largest.")
    private List<Integer> candidates = List.of();

    @Option(
            names = "--model",
            paramLabel = "URI",
            description = "A cross-encoder, with #FILE for other weights inside it. Several are compared.")
    private List<String> models = List.of();

    @Option(names = "--embedder", paramLabel = "URI", description = "An embedder for retrieval. Several are compared.")
    private List<String> embedders = List.of();

    @Option(
            names = "--retrieval",
            paramLabel = "MODE",
            split = ",",
            defaultValue = "dense,sparse,hybrid",
            description = "How candidates are found: dense, sparse, hybrid. Several are compared with the first.")
    private List<String> retrieval = List.of();

    @Mixin
    private SettingsOption settings = new SettingsOption();

    @Option(
            names = "--queries",
            paramLabel = "N",
            description = "Maximum number of queries. They are drawn at random, but always the same.")
    private @Nullable Integer queries;

    @Option(
            names = "--judged-only",
            description = "Rerank for each query the documents that are judged for it, instead of searching.")
    private boolean judgedOnly;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "streaming",
            description = "How Flink runs the job, streaming or batch; the answers are the same.")
    private String mode = "";

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description =
                    "Write a page with plots, judgements and runs in TREC format, and results.json to this directory.")
    private @Nullable Path report;

    @Mixin
    private ParallelismOption parallelism = new ParallelismOption();

    @Mixin
    private ConsoleMixin terminal = new ConsoleMixin();

    @Override
    public Integer call() throws Exception {
        candidates.forEach(number -> requirePositive("--candidates", number));
        if (queries != null) {
            requirePositive("--queries", queries);
        }
        if (!MODES.contains(mode)) {
            throw new InputException("--mode must be streaming or batch: " + mode);
        }
        Evaluation evaluation = new Evaluation(
                collection,
                candidates.stream().distinct().sorted().toList(),
                modelPairs(),
                queries == null ? 0 : queries,
                judgedOnly ? List.of() : modes(),
                parallelism.checked(),
                report);
        return evaluation.run(terminal.console());
    }

    private List<RetrievalMode> modes() {
        return retrieval.stream().distinct().map(EvaluateCommand::mode).toList();
    }

    private static RetrievalMode mode(String name) {
        return Arrays.stream(RetrievalMode.values())
                .filter(mode -> mode.wireName().equals(name))
                .findFirst()
                .orElseThrow(() -> new InputException("--retrieval must be dense, sparse or hybrid: " + name));
    }

    /** Every embedder with every model. */
    private List<ModelPair> modelPairs() {
        Map<String, String> all = new LinkedHashMap<>(settings.map());
        all.putIfAbsent("flink.execution.runtime-mode", mode.toUpperCase(Locale.ROOT));
        List<ModelPair> modelPairs = new ArrayList<>();
        for (String embedder : orConfigured(embedders)) {
            for (String model : orConfigured(models)) {
                modelPairs.add(
                        new ModelPair(all, embedder.isEmpty() ? null : embedder, model.isEmpty() ? null : model));
            }
        }
        return modelPairs;
    }

    /** The empty name stands for what the settings say. */
    private static List<String> orConfigured(List<String> given) {
        return given.isEmpty() ? List.of("") : given.stream().distinct().toList();
    }
}
