// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.DegradedReason;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.Embedding;
import io.streamrank.event.Field;
import io.streamrank.event.Query;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.operator.document.EmbedDocuments;
import io.streamrank.operator.query.EmbedQueries;
import io.streamrank.retrieval.Vectors;
import io.streamrank.state.EmbeddedChange;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.Captured;
import io.streamrank.testing.FakeWords;
import io.streamrank.testing.HashingEmbedder;
import io.streamrank.testing.OverlapCrossEncoder;
import io.streamrank.testing.TestEvents;
import io.streamrank.testing.TestModels;
import java.time.Duration;
import java.util.List;
import org.apache.flink.streaming.util.MockStreamingRuntimeContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmbeddingFunctionsTest {
    private static final TextTemplate TEXT = TextTemplate.defaults();
    private static final BatchPolicy NARROW = new BatchPolicy(256, 1, Duration.ZERO, 1, 4);
    private static final BatchPolicy ONE_BY_ONE = new BatchPolicy(256, 1, Duration.ZERO, 1, 1 << 20);

    private final EmbedDocuments documents = new EmbedDocuments(TestModels.models(), TEXT);
    private final EmbedQueries queries = new EmbedQueries(TestModels.models(), Duration.ofSeconds(20));

    @BeforeEach
    void open() {
        opened(documents);
        queries.setRuntimeContext(new MockStreamingRuntimeContext(1, 0));
        queries.open(null);
    }

    @AfterEach
    void close() {
        documents.close();
        queries.close();
        await().untilAsserted(() -> assertThat(HashingEmbedder.OPEN).hasValue(0));
    }

    @Test
    void documentsGetAUnitVector() throws Exception {
        Embedding embedding = embed(TestEvents.upsert("a", 1, "red apple")).embedding();
        assertThat(embedding.dimension()).isEqualTo(HashingEmbedder.DIMENSION);
        assertThat(embedding.values()).containsExactly(Vectors.normalized(embedding.values()), within(1e-5f));
    }

    @Test
    void deletesPassWithoutAVector() throws Exception {
        EmbeddedChange embedded = embed(TestEvents.delete("a", 1));
        assertThat(embedded.embedding()).isNull();
        assertThat(embedded.deadLetter()).isNull();
    }

    @Test
    void aDocumentsOwnEmbeddingIsNormalisedAndUsed() throws Exception {
        float[] own = new float[HashingEmbedder.DIMENSION];
        own[3] = 7;
        assertThat(embed(withEmbedding(own)).embedding().values()[3]).isEqualTo(1);
    }

    @Test
    void anEmbeddingOfAnotherDimensionIsADeadLetterThatSaysSo() throws Exception {
        DeadLetter letter = embed(withEmbedding(new float[] {1, 2, 3})).deadLetter();
        assertThat(letter.cause()).isEqualTo("wrong-dimension");
        assertThat(letter.message())
                .isEqualTo("embedding of document a has 3 values, the embedder gives 64; compute it with the job's"
                        + " embedder, or leave it out");
    }

    @Test
    void aQuerysOwnVectorIsNormalisedUsedAndNotCarriedOn() throws Exception {
        float[] own = new float[HashingEmbedder.DIMENSION];
        own[3] = 7;
        Query query = TestEvents.query("POISON"); // which the embedder fails on
        EmbeddedQuery embedded = embed(query.with(null, new Embedding(own)));
        assertThat(embedded.embedding().values()[3]).isEqualTo(1);
        assertThat(embedded.degradedReason()).isNull();
        assertThat(embedded.query()).isEqualTo(query);
    }

    @Test
    void withoutAnEmbedderDocumentsAndQueriesBringTheirVectors() throws Exception {
        EmbedDocuments own = opened(new EmbedDocuments(TestModels.withoutEmbedder(3), TEXT));
        Captured<EmbeddedChange> with = new Captured<>();
        Captured<EmbeddedChange> without = new Captured<>();
        Captured<EmbeddedChange> other = new Captured<>();
        own.asyncInvoke(withEmbedding(new float[] {0, 3, 4}), with);
        own.asyncInvoke(TestEvents.upsert("b", 1, "text"), without);
        own.asyncInvoke(withEmbedding(new float[] {3, 4}), other);
        assertThat(with.value().embedding().values()).containsExactly(0, 0.6f, 0.8f);
        assertThat(without.value().deadLetter().cause()).isEqualTo("no-embedding");
        assertThat(without.value().deadLetter().message())
                .isEqualTo("document b has no embedding, and the job has no embedder to compute one; give it one of 3"
                        + " numbers, or set models.embedder.uri to a model");
        assertThat(other.value().deadLetter().message())
                .isEqualTo("embedding of document a has 2 values, corpus.dimension is 3; compute it with the model of"
                        + " the other documents");
        own.close();
    }

    @Test
    void aDocumentWithoutTextIsADeadLetterThatSaysSo() throws Exception {
        DeadLetter letter = embed(TestEvents.upsert("a", 1, " ")).deadLetter();
        assertThat(letter.cause()).isEqualTo("no-text");
        assertThat(letter.message())
                .isEqualTo("document a has no text in the fields to embed; fill one of them, or set"
                        + " documents.embed-fields");
    }

    @Test
    void aDocumentThatTheModelFailsOnIsADeadLetterWithItsRecord() throws Exception {
        DocumentChange poison = TestEvents.upsert("a", 1, "POISON");
        DeadLetter letter = embed(poison).deadLetter();
        assertThat(letter.cause()).isEqualTo("model-error");
        assertThat(letter.record()).isEqualTo(poison.source());
        assertThat(letter.message()).startsWith("document a could not be embedded: ");
    }

    @Test
    void aDocumentForWhichThereNeverIsRoomIsADeadLetter() throws Exception {
        EmbedDocuments narrow = opened(new EmbedDocuments(models("narrow", NARROW, Models.RUN_TIMEOUT), TEXT));
        try {
            Captured<EmbeddedChange> oversize = new Captured<>();
            narrow.asyncInvoke(TestEvents.upsert("d", 1, "disproportionately"), oversize);
            assertThat(oversize.value().deadLetter().message()).contains("18 more would exceed the limit of 16");
        } finally {
            narrow.close();
        }
    }

    @Test
    void aDocumentForWhichThereIsNoRoomYetIsTriedAgain() throws Exception {
        EmbedDocuments crowded = opened(new EmbedDocuments(models("crowded", NARROW, Models.RUN_TIMEOUT), TEXT));
        try {
            Captured<EmbeddedChange> running = new Captured<>();
            Captured<EmbeddedChange> queued = new Captured<>();
            Captured<EmbeddedChange> refused = new Captured<>();
            crowded.asyncInvoke(TestEvents.upsert("a", 1, "HANG"), running);
            FakeWords.awaitHang();
            crowded.asyncInvoke(TestEvents.upsert("b", 1, "beginning"), queued);
            crowded.asyncInvoke(TestEvents.upsert("c", 1, "continuing"), refused); // 9 + 10 characters are more than 16
            assertThat(refused.isDone()).isFalse();
            FakeWords.release();
            for (Captured<EmbeddedChange> each : List.of(running, queued, refused)) {
                assertThat(each.value().embedding()).isNotNull();
            }
        } finally {
            crowded.close();
        }
    }

    @Test
    void aModelThatHasLostAllItsRunsFailsTheTask() throws Exception {
        Models models = models("lost", new BatchPolicy(256, 1, Duration.ZERO, 1, 1 << 20), Duration.ofMillis(50));
        EmbedDocuments hanging = opened(new EmbedDocuments(models, TEXT));
        EmbedQueries asking = new EmbedQueries(models, Duration.ofSeconds(20));
        asking.setRuntimeContext(new MockStreamingRuntimeContext(1, 0));
        asking.open(null);
        try {
            Captured<EmbeddedChange> guilty = new Captured<>();
            hanging.asyncInvoke(TestEvents.upsert("a", 1, "HANG"), guilty);
            assertThat(guilty.value().deadLetter().message())
                    .isEqualTo("document a could not be embedded: Model fake:hashing hangs on this text: in 2 runs of"
                            + " its own it has taken more than 50 ms each, and another text after them has not; leave"
                            + " out what hangs it, or allow runs more time.");
            Captured<EmbeddedChange> undecided =
                    new Captured<>(); // with its second run the model loses the last that it may
            hanging.asyncInvoke(TestEvents.upsert("c", 1, "HANG a"), undecided);
            assertThatThrownBy(undecided::value).hasCauseInstanceOf(UnavailableException.class);
            Captured<EmbeddedChange> document = new Captured<>();
            hanging.asyncInvoke(TestEvents.upsert("b", 1, "innocent"), document);
            assertThatThrownBy(document::value).hasCauseInstanceOf(UnavailableException.class);
            Captured<EmbeddedQuery> query = new Captured<>();
            asking.asyncInvoke(TestEvents.query("innocent"), query);
            assertThatThrownBy(query::value).hasCauseInstanceOf(UnavailableException.class);
        } finally {
            hanging.close();
            asking.close();
            FakeWords.release();
        }
    }

    @Test
    void queriesThatTheModelFailsOnGoOnWithTheReason() throws Exception {
        assertThat(embed(TestEvents.query("POISON")).degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
        assertThat(embed(TestEvents.query("apple")).embedding()).isNotNull();
    }

    @Test
    void queriesWhoseTimeIsUpAreNotEmbedded() throws Exception {
        Query late = TestEvents.query("HANG", 5, null, 1);
        try {
            assertThat(embed(late).degradedReason()).isEqualTo(DegradedReason.TIMEOUT);
        } finally {
            FakeWords.release();
        }
    }

    @Test
    void documentsThatTheModelGivesUpBecauseTheTaskClosesDoNotTouchTheTask() throws Exception {
        EmbedDocuments closing =
                opened(new EmbedDocuments(models("closing documents", ONE_BY_ONE, Models.RUN_TIMEOUT), TEXT));
        Captured<EmbeddedChange> running = new Captured<>();
        Captured<EmbeddedChange> queued = new Captured<>();
        closing.asyncInvoke(TestEvents.upsert("a", 1, "HANG"), running);
        FakeWords.awaitHang();
        closing.asyncInvoke(TestEvents.upsert("b", 1, "queued"), queued);

        FakeWords.closeWhileHanging(closing::close);

        assertThat(List.of(running, queued)).noneMatch(Captured::isDone);
    }

    @Test
    void queriesThatTheModelGivesUpBecauseTheTaskClosesDoNotTouchTheTask() throws Exception {
        EmbedQueries closing =
                new EmbedQueries(models("closing queries", ONE_BY_ONE, Models.RUN_TIMEOUT), Duration.ofMinutes(5));
        closing.setRuntimeContext(new MockStreamingRuntimeContext(1, 0));
        closing.open(null);
        Captured<EmbeddedQuery> running = new Captured<>();
        Captured<EmbeddedQuery> queued = new Captured<>();
        closing.asyncInvoke(TestEvents.query("HANG"), running);
        FakeWords.awaitHang();
        closing.asyncInvoke(TestEvents.query("queued"), queued);

        FakeWords.closeWhileHanging(closing::close);

        assertThat(List.of(running, queued)).noneMatch(Captured::isDone);
    }

    private static EmbedDocuments opened(EmbedDocuments documents) {
        documents.setRuntimeContext(new MockStreamingRuntimeContext(1, 0));
        documents.open(null);
        return documents;
    }

    private static Models models(String name, BatchPolicy policy, Duration runTimeout) {
        return new Models(
                HashingEmbedder.factory(name),
                OverlapCrossEncoder.factory(),
                null,
                policy,
                policy,
                PairPolicy.defaults(),
                1,
                runTimeout);
    }

    private EmbeddedChange embed(DocumentChange change) throws Exception {
        Captured<EmbeddedChange> result = new Captured<>();
        documents.asyncInvoke(change, result);
        return result.value();
    }

    private EmbeddedQuery embed(Query query) throws Exception {
        Captured<EmbeddedQuery> result = new Captured<>();
        queries.asyncInvoke(query, result);
        return result.value();
    }

    private static DocumentChange withEmbedding(float[] values) {
        DocumentChange change = TestEvents.upsert("a", 1, "text");
        Document document = new Document(
                "a", TestEvents.COLLECTION, List.of(new Field("text", "text")), null, new Embedding(values));
        return new DocumentChange(change.collection(), change.id(), change.version(), document, change.source());
    }
}
