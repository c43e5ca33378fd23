// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Reason;
import io.streamrank.inference.model.PairOutcome.Unscored;
import io.streamrank.state.Candidate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Lists the candidates that an answer can hold, each with the text that the cross-encoder reads, in first-stage order.
 *
 * @param indexes what the answer calls each: the retrieval rank, or the position in the query's documents
 */
record RankedCandidates(List<Candidate> candidates, List<String> texts, List<Integer> indexes) {
    private static final Unscored BLANK = new Unscored(Reason.BLANK, null);

    /**
     * Makes the list; where asked to, without retrieved candidates whose text equals a nearer one's. Documents that the query
     * brought along all stay: whoever sends them expects a line for each. So do those that have none of the ranked fields,
     * of which nobody can tell that they are the same.
     *
     * @param texts one for each candidate
     */
    static RankedCandidates of(List<Candidate> all, List<String> texts, boolean dropDuplicates) {
        List<Candidate> candidates = new ArrayList<>(all.size());
        List<String> kept = new ArrayList<>(all.size());
        List<Integer> indexes = new ArrayList<>(all.size());
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            Candidate candidate = all.get(i);
            boolean isNew = texts.get(i).isBlank() || seen.add(texts.get(i));
            if (isNew || !dropDuplicates || candidate.retrieval() == null) {
                candidates.add(candidate);
                kept.add(texts.get(i));
                indexes.add(
                        candidate.retrieval() == null
                                ? i
                                : candidate.retrieval().rank());
            }
        }
        return new RankedCandidates(candidates, kept, indexes);
    }

    /** Returns the texts for the cross-encoder, in order: of a blank one there is nothing to tell. */
    List<String> readable() {
        return texts.stream().filter(text -> !text.isBlank()).toList();
    }

    /**
     * Returns one outcome for each candidate.
     *
     * @param outcomes one for each of {@link #readable}
     */
    List<PairOutcome> all(List<PairOutcome> outcomes) {
        Iterator<PairOutcome> next = outcomes.iterator();
        List<PairOutcome> all = new ArrayList<>(texts.size());
        texts.forEach(text -> all.add(text.isBlank() ? BLANK : next.next()));
        return all;
    }
}
