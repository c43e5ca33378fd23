// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.model.PairScore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Cross-encoders in a row: where there is a small one, it reads all passages of a query, and the large one only the best of
 * them (<a href="https://doi.org/10.1145/2009916.2009934">Wang, Lin and Metzler 2011</a>). Thread-safe.
 *
 * @param first the small one; null for none
 * @param last whose scores count
 * @param keep passages that the last one reads, at least 1
 */
public record Cascade(@Nullable RerankingService first, RerankingService last, int keep) implements AutoCloseable {
    private static final Comparator<PairScore> BEST_FIRST = Comparator.<PairScore, Boolean>comparing(
                    score -> score.failure() != null)
            .thenComparing(Comparator.comparingDouble(PairScore::logit).reversed());

    /**
     * As {@link RerankingService#score}, of the last model. A passage that did not get that far has the first model's
     * score, and is {@link PairScore#cut}; tokens are those of all models that read the passage.
     */
    public CompletableFuture<List<PairScore>> score(String query, List<String> passages, long deadlineNanos) {
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
            return last.score(query, texts, deadlineNanos).thenApply(late -> together(early, kept, late));
        });
    }

    private static List<PairScore> together(List<PairScore> early, List<Integer> kept, List<PairScore> late) {
        List<PairScore> scores = new ArrayList<>(early.size());
        early.forEach(score -> scores.add(score.cutOff()));
        for (int i = 0; i < kept.size(); i++) {
            int at = kept.get(i);
            scores.set(at, late.get(i).after(early.get(at)));
        }
        return scores;
    }

    @Override
    public void close() {
        if (first != null) {
            first.close();
        }
        last.close();
    }
}
