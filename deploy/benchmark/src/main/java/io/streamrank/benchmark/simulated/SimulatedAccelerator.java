// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.simulated;

import io.streamrank.inference.Models;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.model.Padding;
import io.streamrank.local.console.InputException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Describes an accelerator that computes nothing and only takes its time. Batches are those of a GPU.
 *
 * @param cost how long a run takes; the columns are the padded length
 * @param runs that it computes at the same time, at least 1
 */
public record SimulatedAccelerator(RunCost cost, int runs) implements Serializable {
    private static final String SCHEME = "simulated:";
    private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|us|ns)");
    private static final int MOST_RUNS = 64;

    /**
     * Reads what {@code --model} says.
     *
     * @return null where it names a real model
     */
    public static @Nullable SimulatedAccelerator of(@Nullable String model) {
        if (model == null || !model.startsWith(SCHEME)) {
            return null;
        }
        Map<String, String> given = new HashMap<>();
        for (String part : model.substring(SCHEME.length()).split(",", -1)) {
            String[] pair = part.split("=", 2);
            if (pair.length < 2 || !pair[0].matches("[abc]|runs")) {
                throw wrong(model);
            }
            given.put(pair[0], pair[1]);
        }
        String runs = given.getOrDefault("runs", "2");
        if (!runs.matches("[1-9]\\d?") || Integer.parseInt(runs) > MOST_RUNS) {
            throw wrong(model);
        }
        RunCost cost = new RunCost(
                nanos(model, given.getOrDefault("a", "")),
                nanos(model, given.getOrDefault("b", "")),
                nanos(model, given.getOrDefault("c", "0ns")));
        return new SimulatedAccelerator(cost, Integer.parseInt(runs));
    }

    private static double nanos(String model, String time) {
        Matcher matcher = TIME.matcher(time);
        if (!matcher.matches()) {
            throw wrong(model);
        }
        double unit =
                switch (matcher.group(2)) {
                    case "ms" -> 1e6;
                    case "us" -> 1e3;
                    default -> 1;
                };
        return unit * Double.parseDouble(matcher.group(1));
    }

    private static InputException wrong(String model) {
        return new InputException("--model " + model + " is no simulated accelerator: write"
                + " simulated:a=TIME,b=TIME[,c=TIME][,runs=N] with times such as 1.5ms or 0.3us and 1 to " + MOST_RUNS
                + " runs");
    }

    /** Returns models whose reranker runs here; its texts are tokenised as the given one's. */
    public Models replaceReranker(Models models) {
        return new Models(
                models.embedder(),
                new SimulatedModelFactory(this, models.crossEncoder()),
                models.firstStage(),
                models.embedding(),
                models.reranking(),
                models.pairs(),
                models.workers(),
                models.runTimeout(),
                models.hosted());
    }

    /** Returns what batches suit it: those of a GPU whose costs were measured. */
    Batching batching(Padding padding) {
        Batching gpu = Batching.gpu(padding);
        return new Batching(runs, gpu.maxTokens(), gpu.maxItems(), padding, cost);
    }

    /** Returns how long a run takes. */
    long nanos(long rows, long columns) {
        return Math.round(cost.nanos(rows, columns));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%sa=%.0fns,b=%.2fns,c=%.4fns,runs=%d",
                SCHEME,
                cost.perRun(),
                cost.perToken(),
                cost.perAttention(),
                runs);
    }
}
