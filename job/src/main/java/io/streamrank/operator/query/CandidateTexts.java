// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.event.Document;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Reason;
import io.streamrank.inference.model.PairOutcome.Unscored;
import io.streamrank.state.Candidate;
import io.streamrank.state.TextTemplate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Lists the candidates that an answer can hold, each with the text that the cross-encoder reads, in first-stage order.
 *
 * @param missingFields fields to rank by that no candidate has; none if there is no candidate
 */
record CandidateTexts(List<Entry> entries, List<String> missingFields) {
    private static final Unscored BLANK = new Unscored(Reason.BLANK, null);

    /**
     * A candidate.
     *
     * @param text empty if there is nothing to read
     * @param cut whether the text is not all that the ranked fields hold
     * @param index what the answer calls it: the retrieval rank, or the position in the query's documents
     */
    record Entry(Candidate candidate, String text, boolean cut, int index) {
        Document document() {
            return candidate.document();
        }

        boolean isBlank() {
            return text.isEmpty();
        }
    }

    /** Makes the list. */
    static CandidateTexts of(List<Candidate> candidates, TextTemplate template) {
        List<Entry> entries = new ArrayList<>(candidates.size());
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            int index =
                    candidate.retrieval() == null ? i : candidate.retrieval().rank();
            Document document = candidate.document();
            entries.add(new Entry(candidate, template.textOf(document), template.cuts(document), index));
        }
        List<String> missing = template.fields().stream()
                .filter(name -> !entries.isEmpty()
                        && entries.stream().noneMatch(entry -> entry.document().has(name)))
                .toList();
        return new CandidateTexts(entries, missing);
    }

    /** Returns the texts for the cross-encoder, in order: of a blank one there is nothing to tell. */
    List<String> readable() {
        return entries.stream()
                .filter(entry -> !entry.isBlank())
                .map(Entry::text)
                .toList();
    }

    /** Returns how many candidates have nothing to read. */
    int blank() {
        return (int) entries.stream().filter(Entry::isBlank).count();
    }

    /**
     * Returns one outcome for each candidate.
     *
     * @param outcomes one for each of {@link #readable}
     */
    List<PairOutcome> all(List<PairOutcome> outcomes) {
        Iterator<PairOutcome> next = outcomes.iterator();
        List<PairOutcome> all = new ArrayList<>(entries.size());
        entries.forEach(entry -> all.add(entry.isBlank() ? BLANK : next.next()));
        return all;
    }
}
