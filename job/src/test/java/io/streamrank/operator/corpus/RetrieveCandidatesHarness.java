// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.inference.Models;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.TestEvents;
import io.streamrank.testing.TestModels;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;

/** Makes {@link RetrieveCandidates} with small models, asks it and reads its answers. */
final class RetrieveCandidatesHarness {
    static final CorpusConfig CONFIG = config(TextTemplate.defaults());

    private RetrieveCandidatesHarness() {}

    /** Returns a query for at most 100 candidates, with a vector. */
    static EmbeddedQuery embedded(String text) {
        return embedded(TestEvents.query(text, 100, null, 0));
    }

    static EmbeddedQuery embedded(Query query) {
        return new EmbeddedQuery(query, new Embedding(new float[] {1, 0}), null, 1);
    }

    /** Returns the candidates' ids of each answer, in order. */
    static List<List<String>> ids(TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness) {
        return harness.extractOutputValues().stream()
                .map(answer -> answer.candidates().stream()
                        .map(candidate -> candidate.document().id())
                        .toList())
                .toList();
    }

    /** Opens the operator, with what a checkpoint holds unless that is null. */
    static TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> opened(OperatorSubtaskState state)
            throws Exception {
        var harness = harness(TestModels.models(), CONFIG);
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    static TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness(
            Models models, CorpusConfig config) throws Exception {
        return harness(models, config, TextTemplate.defaults());
    }

    static TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness(
            Models models, CorpusConfig config, TextTemplate distinctText) throws Exception {
        return new TwoInputStreamOperatorTestHarness<>(new RetrieveCandidates(models, config, distinctText));
    }

    static TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness(int subtasks, int subtask)
            throws Exception {
        return new TwoInputStreamOperatorTestHarness<>(
                new RetrieveCandidates(TestModels.models(), CONFIG, TextTemplate.defaults()), 128, subtasks, subtask);
    }

    static CorpusConfig config(TextTemplate embedText) {
        return config(embedText, SparseConfig.defaults(), true, 3);
    }

    static CorpusConfig config(
            TextTemplate embedText, SparseConfig sparse, boolean waitUntilLoaded, int maxWaitingQueries) {
        return new CorpusConfig(
                CorpusPlacement.BROADCAST,
                Duration.ofSeconds(2),
                embedText,
                sparse,
                1_000,
                waitUntilLoaded,
                Duration.ofMinutes(1),
                maxWaitingQueries,
                Duration.ofMinutes(1));
    }
}
