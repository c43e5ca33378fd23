// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.codec.Limits;
import io.streamrank.codec.QueryDefaults;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.Query;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Stage;
import io.streamrank.inference.Models;
import io.streamrank.operator.DeadLetters;
import io.streamrank.state.Candidates;
import io.streamrank.testing.TestEvents;
import io.streamrank.testing.TestModels;
import java.util.List;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecodeQueriesTest {
    private OneInputStreamOperatorTestHarness<RawRecord, Query> harness;

    @BeforeEach
    void open() throws Exception {
        open(TestModels.models(), true);
    }

    private void open(Models models, boolean sparse) throws Exception {
        harness = new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(new DecodeQueries(Limits.defaults(), QueryDefaults.defaults(), models, sparse)));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void queriesGoToTheCorpusAndThoseWithDocumentsOfTheirOwnPastIt() throws Exception {
        send("{\"query\":\"red\"}");
        send("{\"query\":\"own\",\"documents\":[\"one\",{\"id\":\"d7\",\"text\":\"two\"}]}");
        assertThat(harness.extractOutputValues()).extracting(Query::text).containsExactly("red");
        List<Candidates> inline = side(DecodeQueries.INLINE);
        assertThat(inline).hasSize(1);
        assertThat(inline.get(0).query().text()).isEqualTo("own");
        assertThat(inline.get(0).candidates())
                .extracting(candidate -> candidate.document().id())
                .containsExactly(null, "d7");
        assertThat(inline.get(0).candidates()).allMatch(candidate -> candidate.retrieval() == null);
        assertThat(side(DeadLetters.TAG)).isEmpty();
    }

    @Test
    void whatIsMissingIsTheJobsDefault() throws Exception {
        send("{\"query\":\"red\"}");
        Query query = harness.extractOutputValues().get(0);
        assertThat(query.id()).isEqualTo("k"); // the record's key
        assertThat(query.candidates()).isEqualTo(QueryDefaults.defaults().candidates());
        assertThat(query.topN()).isEqualTo(QueryDefaults.defaults().topN());
    }

    @Test
    void whatCannotBeReadLeavesAsADeadLetterAndTheNextIsRead() throws Exception {
        send("{\"query\":7}");
        send("{\"query\":\"red\"}");
        assertThat(harness.extractOutputValues()).hasSize(1);
        List<DeadLetter> letters = side(DeadLetters.TAG);
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).stage()).isEqualTo(Stage.DECODE_QUERIES);
        assertThat(letters.get(0).cause()).isEqualTo("wrong-type");
        assertThat(letters.get(0).message()).startsWith("query must be");
        assertThat(side(DecodeQueries.INLINE)).isEmpty();
    }

    @Test
    void aVectorOfAnotherDimensionIsADeadLetterThatSaysSo() throws Exception {
        send("{\"query\":\"red\",\"embedding\":[1,2,3]}");
        send("{\"query\":\"own\",\"documents\":[\"one\"],\"embedding\":[1,2,3]}");
        assertThat(harness.extractOutputValues()).isEmpty();
        assertThat(side(DeadLetters.TAG)).singleElement().satisfies(letter -> {
            assertThat(letter.cause()).isEqualTo("wrong-dimension");
            assertThat(letter.message())
                    .isEqualTo("embedding has 3 numbers but the vectors of the documents have 64; compute it with the"
                            + " documents' model, or leave it out if the job has an embedder");
        });
        assertThat(side(DecodeQueries.INLINE)).hasSize(1);
    }

    @Test
    void withoutAnEmbedderAQueryBringsItsVectorOrSearchesByWords() throws Exception {
        harness.close();
        open(TestModels.withoutEmbedder(2), true);
        send("{\"query\":\"red\"}");
        send("{\"query\":\"blue\",\"embedding\":[1,2]}");
        send("{\"query\":\"own\",\"documents\":[\"one\"]}");
        send("{\"query\":\"words\",\"retrieval\":\"sparse\"}");
        assertThat(harness.extractOutputValues()).extracting(Query::text).containsExactly("blue", "words");
        assertThat(side(DecodeQueries.INLINE)).hasSize(1);
        assertThat(side(DeadLetters.TAG)).singleElement().satisfies(letter -> {
            assertThat(letter.cause()).isEqualTo("no-embedding");
            assertThat(letter.message())
                    .isEqualTo(
                            "the query has no embedding, and the job has no embedder to compute one; give it one of 2"
                                    + " numbers, computed with the documents' model, ask with \"retrieval\":\"sparse\", or set"
                                    + " models.embedder.uri to a model");
        });
    }

    @Test
    void withoutAnInvertedIndexAQueryThatNeedsOneIsRefused() throws Exception {
        harness.close();
        open(TestModels.withoutEmbedder(2), false);
        send("{\"query\":\"blue\",\"embedding\":[1,2]}");
        send("{\"query\":\"red\"}");
        send("{\"query\":\"red\",\"embedding\":[1,2],\"retrieval\":\"hybrid\"}");
        assertThat(harness.extractOutputValues()).extracting(Query::text).containsExactly("blue");
        assertThat(side(DeadLetters.TAG))
                .extracting(DeadLetter::message)
                .containsExactly(
                        "the query has no embedding, and the job has no embedder to compute one; give it one of 2 numbers,"
                                + " computed with the documents' model, or set models.embedder.uri to a model",
                        "the query asks for \"retrieval\":\"hybrid\" but the job keeps no inverted index; ask with"
                                + " \"retrieval\":\"dense\", or set retrieval.sparse.enabled to true");
    }

    private void send(String json) throws Exception {
        harness.processElement(TestEvents.raw(0, 1, json), 0);
    }

    private <T> List<T> side(OutputTag<T> tag) {
        var output = harness.getSideOutput(tag);
        return output == null
                ? List.of()
                : output.stream().map(StreamRecord::getValue).toList();
    }
}
