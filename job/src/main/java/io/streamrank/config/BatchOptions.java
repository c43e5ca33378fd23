// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Padding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Defines the options of one model's batches. */
record BatchOptions(
        Option<Integer> maxTokens,
        Option<Integer> maxItems,
        Option<Duration> maxDelay,
        Option<Integer> workers,
        Option<Long> maxQueuedTokens) {
    private static final Batching CPU = Batching.CPU;
    private static final Batching GPU = Batching.gpu(Padding.TO_THE_LONGEST);

    static final BatchOptions EMBEDDING = under("embed", "texts");
    static final Section EMBEDDING_SECTION =
            new Section("Embedding", "Documents and queries share the embedder. Queries go first.", EMBEDDING.after());

    static BatchOptions under(String section, String items) {
        BatchPolicy defaults = BatchPolicy.defaults();
        return new BatchOptions(
                Option.integer(
                        section + ".max-batch-tokens",
                        defaults.maxTokens(),
                        0,
                        10_000_000,
                        "Maximum tokens of a batch, padding included. A batch costs its longest item times the"
                                + " number of "
                                + items
                                + ", both rounded as the model rounds them. 0: "
                                + CPU.maxTokens()
                                + " on a CPU, "
                                + GPU.maxTokens()
                                + " on a GPU, or as many as models.gpu-memory allows."),
                Option.integer(
                        section + ".max-batch-items",
                        defaults.maxItems(),
                        0,
                        65_536,
                        "Maximum number of "
                                + items
                                + " in a batch. 0: "
                                + CPU.maxItems()
                                + " on a CPU, "
                                + GPU.maxItems()
                                + " on a GPU."),
                Option.duration(
                        section + ".max-delay",
                        defaults.maxDelay(),
                        Duration.ZERO,
                        Duration.ofMinutes(1),
                        "Maximum time a request waits for others to join its batch. A request waits only while"
                                + " another batch of the model runs and a worker is free. 0: no wait."),
                Option.integer(
                        section + ".workers",
                        defaults.workers(),
                        0,
                        1_024,
                        "Maximum number of this model's batches that run at the same time on a TaskManager."
                                + " models.workers is the upper limit. 0: the same as models.workers."),
                Option.number(
                        section + ".max-queued-tokens",
                        defaults.maxQueuedTokens(),
                        1,
                        1_000_000_000_000L,
                        "Maximum tokens that wait in this model's queue on a TaskManager. The job refuses work"
                                + " beyond this as overload."));
    }

    /** Returns the options of a section: these after those. */
    List<Option<?>> after(Option<?>... those) {
        List<Option<?>> options = new ArrayList<>(List.of(those));
        options.addAll(List.of(maxTokens, maxItems, maxDelay, workers, maxQueuedTokens));
        return options;
    }

    BatchPolicy read(Settings settings) {
        return new BatchPolicy(
                settings.get(maxTokens),
                settings.get(maxItems),
                settings.get(maxDelay),
                settings.get(workers),
                settings.get(maxQueuedTokens));
    }
}
