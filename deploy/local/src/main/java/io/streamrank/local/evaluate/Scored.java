// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The job's answer to one query: all candidates, each scored, in first-stage order. From it follows what the job answers
 * with fewer candidates, without scoring again.
 */
record Scored(List<Candidate> candidates) {
    static final Scored NOTHING = new Scored(List.of());

    /** Best first; Java's sort keeps the first-stage order of equals, as the job does. */
    private static final Comparator<Candidate> BY_LOGIT =
            Comparator.comparingDouble(candidate -> -candidate.logitOrLowest());

    /**
     * A document that was found.
     *
     * @param logit null where the pair could not be scored
     */
    record Candidate(String id, @Nullable Double logit) {
        double logitOrLowest() {
            return logit == null ? Double.NEGATIVE_INFINITY : logit;
        }
    }

    Scored {
        candidates = List.copyOf(candidates);
    }

    /** What the first stage answers. */
    List<String> retrieved() {
        return candidates.stream().map(Candidate::id).toList();
    }

    /**
     * What the second stage makes of the first candidates. The others follow in first-stage order, so that rankings of
     * different depths hold the same documents and all measures can be compared.
     */
    List<String> reranked(int depth) {
        int head = Math.min(depth, candidates.size());
        return Stream.concat(
                        candidates.subList(0, head).stream().sorted(BY_LOGIT),
                        candidates.subList(head, candidates.size()).stream())
                .map(Candidate::id)
                .toList();
    }

    /** How many pairs have no score. */
    long unscored() {
        return IntStream.range(0, candidates.size())
                .filter(i -> candidates.get(i).logit() == null)
                .count();
    }
}
