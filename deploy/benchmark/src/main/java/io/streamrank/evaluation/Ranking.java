// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds the job's answer to one query, with all candidates, in the order that it gave them. That order comes from what
 * each candidate is worth by itself, so the job's answers with fewer candidates of one list follow without scoring again.
 */
record Ranking(List<Candidate> answer) {
    static final Ranking NOTHING = new Ranking(List.of());

    private static final Comparator<Candidate> FIRST_STAGE = Comparator.comparingInt(Candidate::rank);
    /** What was not scored comes last. */
    private static final Comparator<Candidate> SECOND_STAGE = Comparator.<Candidate>comparingDouble(
                    candidate -> candidate.logit() == null ? Double.POSITIVE_INFINITY : -candidate.logit())
            .thenComparing(FIRST_STAGE);

    /**
     * Holds a document that was found.
     *
     * @param rank in the first stage, 0 for the nearest
     * @param logit the cross-encoder's; null where it did not score this document
     */
    record Candidate(String id, int rank, @Nullable Double logit) {}

    Ranking {
        answer = List.copyOf(answer);
    }

    /** Returns what the first stage answers. */
    List<String> retrieved() {
        return reranked(0);
    }

    /**
     * Returns what the job makes of the first candidates. The others follow in first-stage order, so that rankings of
     * different depths hold the same documents and all measures can be compared.
     */
    List<String> reranked(int depth) {
        return reranked(answer.stream(), depth);
    }

    /** Returns the same where the cross-encoder alone decides; the job does so too, unless retrieval has a say. */
    List<String> byLogit(int depth) {
        return reranked(answer.stream().sorted(SECOND_STAGE), depth);
    }

    /** Returns this answer with what a search for more candidates found beyond it, behind and in that order. */
    Ranking followedBy(Ranking more) {
        Set<String> known = answer.stream().map(Candidate::id).collect(Collectors.toSet());
        List<Candidate> all = new ArrayList<>(answer);
        more.answer.stream()
                .sorted(FIRST_STAGE)
                .filter(candidate -> !known.contains(candidate.id()))
                .forEach(candidate -> all.add(new Candidate(candidate.id(), all.size(), candidate.logit())));
        return new Ranking(all);
    }

    private List<String> reranked(Stream<Candidate> ordered, int depth) {
        return Stream.concat(
                        ordered.filter(candidate -> candidate.rank() < depth),
                        answer.stream()
                                .filter(candidate -> candidate.rank() >= depth)
                                .sorted(FIRST_STAGE))
                .map(Candidate::id)
                .toList();
    }
}
