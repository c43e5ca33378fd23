// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.CONFIG;
import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.config;
import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.embedded;
import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.harness;
import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.ids;
import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.opened;
import static io.streamrank.operator.document.TrackCorpusLoading.LOADED;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.event.Retrieval;
import io.streamrank.event.Retrieval.SparseMatch;
import io.streamrank.event.RetrievalMode;
import io.streamrank.event.Version;
import io.streamrank.retrieval.sparse.Bm25;
import io.streamrank.retrieval.sparse.TextLanguage;
import io.streamrank.state.Candidate;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.PackedDocument;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.TestEvents;
import io.streamrank.testing.TestModels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class RetrieveCandidatesTest {
    private static final String LONGER_THAN_3 = """
            {"length":{"gt":3}}""";

    @Test
    void holdsQueriesUntilTheCorpusIsLoaded() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement1(embedded("q"), 0);
            harness.processElement2(TestEvents.update("a", 1, "text", 1, 0), 0);
            harness.processWatermark1(new Watermark(9));
            assertThat(harness.extractOutputValues()).isEmpty();
            harness.processWatermark2(LOADED);
            assertThat(ids(harness)).containsExactly(List.of("a"));
        }
    }

    @Test
    void sameUpdatesInAnyOrderGiveTheSameAnswers() throws Exception {
        List<CorpusUpdate> updates = new ArrayList<>();
        Random random = new Random(3);
        long[] latestMs = new long[3];
        for (long offset = 0; offset < 200; offset++) {
            String id = "d" + random.nextInt(30);
            double angle = random.nextInt(16) * Math.PI / 8;
            CorpusUpdate update = random.nextInt(4) == 0
                    ? TestEvents.update(id, offset, null)
                    : TestEvents.update(id, offset, "v" + offset, (float) Math.cos(angle), (float) Math.sin(angle));
            // A topic that got more partitions: the same document is in several, written by clocks that differ.
            int partition = random.nextInt(3);
            Version version = new Version(random.nextInt(100), partition, offset).notBefore(latestMs[partition]);
            latestMs[partition] = version.timestampMs();
            updates.add(new CorpusUpdate(update.key(), version, update.document(), update.vector()));
        }
        List<List<String>> expected = answersAfter(updates);
        for (int round = 0; round < 20; round++) {
            Collections.shuffle(updates, random);
            assertThat(answersAfter(updates)).isEqualTo(expected);
        }
    }

    private static List<List<String>> answersAfter(List<CorpusUpdate> updates) throws Exception {
        try (var harness = opened(null)) {
            for (CorpusUpdate update : updates) {
                harness.processElement2(update, 0);
            }
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded("q"), 0);
            return ids(harness);
        }
    }

    @Test
    void appliesTheQuerysFilter() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("short", 1, "ab", 1, 0), 0);
            harness.processElement2(TestEvents.update("long", 2, "abcdef", 0.6f, 0.8f), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded(TestEvents.query("q", 5, LONGER_THAN_3, 0)), 0);
            assertThat(ids(harness)).containsExactly(List.of("long"));
        }
    }

    @Test
    void fillsThePlacesOfCopiesWithOtherDocuments() throws Exception {
        try (var harness = opened(null)) {
            addEightShips(harness);
            harness.processElement2(TestEvents.update("near", 10, "boat", 0.8f, 0.6f), 0);
            harness.processElement2(TestEvents.update("blank", 11, "\u00a0", 0.6f, 0.8f), 0);
            harness.processElement2(TestEvents.update("blank too", 12, "\u00a0", 0.6f, 0.8f), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded(TestEvents.query("q", 4, null, 0)), 0);
            harness.processElement1(embedded(TestEvents.query("q", 1, null, 0)), 0);

            assertThat(ids(harness)).containsExactly(List.of("copy0", "near", "blank", "blank too"), List.of("copy0"));
            assertThat(harness.extractOutputValues().get(0).candidates())
                    .extracting(candidate -> candidate.retrieval().rank())
                    .containsExactly(0, 1, 2, 3);
            assertThat(harness.extractOutputValues())
                    .extracting(answer -> answer.remarks().duplicates())
                    .containsExactly(7, 0);
        }
    }

    private static void addEightShips(
            TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness) throws Exception {
        for (int i = 0; i < 8; i++) {
            harness.processElement2(TestEvents.update("copy" + i, i, "ship", 1, 0), 0);
        }
    }

    @Test
    void comparesTheFieldsThatTheQueryRanksBy() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("a", 1, "same", 1, 0), 0);
            harness.processElement2(TestEvents.update("b", 2, "same", 0.8f, 0.6f), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded(TestEvents.rankedBy(TestEvents.query("q"), "text")), 0);
            harness.processElement1(embedded(TestEvents.rankedBy(TestEvents.query("q"), "title")), 0);

            assertThat(ids(harness)).containsExactly(List.of("a"), List.of("a", "b"));
        }
    }

    @Test
    void findsCopiesWhereTheyAreWanted() throws Exception {
        try (var harness = harness(TestModels.models(), CONFIG, null)) {
            harness.open();
            harness.processElement2(TestEvents.update("a", 1, "same", 1, 0), 0);
            harness.processElement2(TestEvents.update("b", 2, "same", 1, 0), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded("q"), 0);

            assertThat(ids(harness)).containsExactly(List.of("a", "b"));
        }
    }

    @Test
    void tellsWhichNamesOfAFilterNoDocumentHasAndThatACollectionIsEmpty() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("a", 1, "short", 1, 0), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded(TestEvents.query("q", 5, """
                                    {"not":{"lenght":1},"length":5,"text":"short","length.more":1}""", 0)), 0);
            harness.processElement2(TestEvents.update("a", 2, null), 0);
            harness.processElement1(embedded(TestEvents.query("q", 5, LONGER_THAN_3, 0)), 0);

            assertThat(harness.extractOutputValues())
                    .extracting(Candidates::remarks)
                    .containsExactly(
                            Remarks.ofSearch(0, List.of("lenght", "length.more")),
                            Remarks.ofMissingCollection(TestEvents.COLLECTION));
        }
    }

    @Test
    void answersAQueryThatCouldNotBeEmbeddedFromItsWords() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("words", 1, "a ship", 0, 1), 0);
            harness.processElement2(TestEvents.update("near", 2, "a tree", 1, 0), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(
                    new EmbeddedQuery(TestEvents.query("ships"), null, DegradedReason.MODEL_ERROR, 3), 0);

            Candidates candidates = harness.extractOutputValues().get(0);
            assertThat(ids(harness)).containsExactly(List.of("words"));
            Retrieval retrieval = candidates.candidates().get(0).retrieval();
            assertThat(retrieval.rank()).isZero();
            assertThat(retrieval.score()).isNull();
            assertThat(retrieval.sparse().score()).isPositive();
            assertThat(candidates.degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
        }
    }

    @Test
    void eachQueryChoosesHowItsCandidatesAreFound() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("both", 1, "ship", 0.8f, 0.6f), 0);
            harness.processElement2(TestEvents.update("near", 2, "tree", 1, 0), 0);
            harness.processElement2(TestEvents.update("words", 3, "a ship, a ship", 0, 1), 0);
            harness.processElement2(TestEvents.update("neither", 4, "harbour", 0, 1), 0);
            harness.processWatermark2(LOADED);
            for (RetrievalMode mode : RetrievalMode.values()) {
                harness.processElement1(embedded(TestEvents.retrieved(TestEvents.query("ship", 2, null, 0), mode)), 0);
            }

            assertThat(ids(harness))
                    .containsExactly(List.of("near", "both"), List.of("words", "both"), List.of("both", "near"));
            List<List<Retrieval>> found = harness.extractOutputValues().stream()
                    .map(answer -> answer.candidates().stream()
                            .map(Candidate::retrieval)
                            .toList())
                    .toList();
            assertThat(found.get(0)).containsExactly(new Retrieval(0, 1), new Retrieval(1, 0.8f));
            double most = found.get(1).get(0).sparse().score();
            double less = found.get(1).get(1).sparse().score();
            assertThat(found.get(1))
                    .containsExactly(
                            new Retrieval(0, 0.0, null, new SparseMatch(0, most)),
                            new Retrieval(1, (double) 0.8f, null, new SparseMatch(1, less)));
            assertThat(found.get(2))
                    .containsExactly(
                            new Retrieval(0, (double) 0.8f, 1, new SparseMatch(1, less)),
                            new Retrieval(1, 1.0, 0, null));
        }
    }

    @Test
    void bothListsThatAreFusedHoldTheFilterAndCountEachCopyOnce() throws Exception {
        try (var harness = opened(null)) {
            addEightShips(harness);
            harness.processElement2(TestEvents.update("boat", 10, "boat ship", 0.8f, 0.6f), 0);
            harness.processElement2(TestEvents.update("out", 11, "ship sea sea ship", 1, 0), 0);
            harness.processWatermark2(LOADED);
            Query query = TestEvents.query("ship", 5, """
                    {"length":{"lt":10},"lenght":1}""", 0);
            String filter = """
                    {"length":{"lt":10}}""";
            harness.processElement1(
                    embedded(TestEvents.retrieved(TestEvents.query("ship", 5, filter, 0), RetrievalMode.HYBRID)), 0);
            harness.processElement1(embedded(TestEvents.retrieved(query, RetrievalMode.SPARSE)), 0);

            assertThat(ids(harness)).containsExactly(List.of("copy0", "boat"), List.of());
            assertThat(harness.extractOutputValues())
                    .extracting(Candidates::remarks)
                    .containsExactly(Remarks.ofSearch(7, List.of()), Remarks.ofSearch(0, List.of("lenght")));
        }
    }

    @Test
    void ofEqualDocumentsThatTheListsChoseDifferentlyTheFusedListHasOne() throws Exception {
        TextTemplate body = new TextTemplate(List.of("body"), false, 8_192);
        SparseConfig sparse = new SparseConfig(true, body, TextLanguage.ENGLISH, Bm25.DEFAULTS);
        CorpusConfig config = config(TextTemplate.defaults(), sparse, false, 3);
        TextTemplate title = new TextTemplate(List.of("title"), false, 8_192);
        try (var harness = harness(TestModels.models(), config, title)) {
            harness.open();
            harness.processElement2(titled("near", 1, "same", "tree", 1, 0), 0);
            harness.processElement2(titled("words", 2, "same", "ship", 0, 1), 0);
            harness.processElement2(titled("other", 3, "other", "sea", 0.6f, 0.8f), 0);
            harness.processElement1(
                    embedded(TestEvents.retrieved(TestEvents.query("ship", 5, null, 0), RetrievalMode.HYBRID)), 0);

            assertThat(ids(harness)).containsExactly(List.of("near", "other"));
            assertThat(harness.extractOutputValues().get(0).remarks().duplicates())
                    .isEqualTo(1);
        }
    }

    private static CorpusUpdate titled(String id, long offset, String title, String body, float... vector) {
        CorpusUpdate update = TestEvents.update(id, offset, body, vector);
        Document document = new Document(
                id, TestEvents.COLLECTION, List.of(new Field("title", title), new Field("body", body)), null, null);
        return new CorpusUpdate(update.key(), update.version(), PackedDocument.of(document), update.vector());
    }

    @Test
    void opensNoModel() throws Exception {
        try (var harness = harness(TestModels.withEmbedderFingerprint("of files"), CONFIG)) {
            harness.open();
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded("q"), 0);
            assertThat(ids(harness)).containsExactly(List.of());
        }
    }
}
