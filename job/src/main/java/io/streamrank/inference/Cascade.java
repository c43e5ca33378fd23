// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Reason;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.PairOutcome.Unscored;
import io.streamrank.inference.service.PassageReranker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Scores with cross-encoders in a row: where there is a small one, it reads all passages of a query, and the large one only
 * the best of them (<a href="https://doi.org/10.1145/2009916.2009934">Wang, Lin and Metzler 2011</a>). Thread-safe.
 *
 * @param first the small one; null for none
 * @param last whose scores count
 * @param keep passages that the last one reads, at least 1
 */
public record Cascade(@Nullable PassageReranker first, PassageReranker last, int keep) implements AutoCloseable {
    /** What failed comes behind whatever has a logit, which is finite. */
    private static final Comparator<PairOutcome> BEST_FIRST = Comparator.comparingDouble(
            outcome -> outcome instanceof Scored scored ? -scored.logit() : Double.POSITIVE_INFINITY);

    /**
     * Scores as {@link PassageReranker#score} of the last model does. A passage that did not get that far is {@link
     * Unscored}; tokens are those of all models that read the passage.
     */
    public CompletableFuture<List<PairOutcome>> score(String query, List<String> passages, long deadlineNanos) {
        if (first == null || passages.size() <= keep) {
            return last.score(query, passages, deadlineNanos);
        }
        return first.score(query, passages, deadlineNanos).thenCompose(early -> {
            List<Integer> kept = IntStream.range(0, early.size())
                    .boxed()
                    .sorted(Comparator.comparing(early::get, BEST_FIRST)) // stable: among equals the nearer
                    .limit(keep)
                    .toList();
            List<String> texts = kept.stream().map(passages::get).toList();
            return last.score(query, texts, deadlineNanos).thenApply(late -> merge(early, kept, late));
        });
    }

    private static List<PairOutcome> merge(List<PairOutcome> early, List<Integer> kept, List<PairOutcome> late) {
        List<PairOutcome> outcomes = new ArrayList<>(early.size());
        early.forEach(outcome -> outcomes.add(new Unscored(Reason.CASCADE, outcome)));
        for (int i = 0; i < kept.size(); i++) {
            int at = kept.get(i);
            outcomes.set(at, late.get(i).plusTokens(early.get(at).tokens()));
        }
        return outcomes;
    }

    @Override
    public void close() {
        if (first != null) {
            first.close();
        }
        last.close();
    }
}
