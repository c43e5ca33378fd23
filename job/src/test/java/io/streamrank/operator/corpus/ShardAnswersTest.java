// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Field;
import io.streamrank.event.Query;
import io.streamrank.event.RetrievalMode;
import io.streamrank.event.Version;
import io.streamrank.operator.corpus.CollectionIndex.Found;
import io.streamrank.retrieval.sparse.Bm25;
import io.streamrank.retrieval.sparse.TextLanguage;
import io.streamrank.state.Candidate;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.ShardAnswer;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.TestEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds what is found by words in shards to what a whole corpus finds, where shards leave matches out. */
class ShardAnswersTest {
    private static final int DOCUMENTS = 3_000;
    private static final SparseConfig SPARSE =
            new SparseConfig(true, TextTemplate.defaults(), TextLanguage.STANDARD, Bm25.DEFAULTS);

    private final Random random = new Random(11);

    @Test
    void findsWhatAWholeCorpusFindsAndMostlyProvesIt() {
        int asked = 0;
        int leftOut = 0;
        int proven = 0;
        for (int round = 0; round < 6; round++) {
            Corpora corpora = Corpora.inShards(2 + round % 4);
            int vocabulary = 60 + 400 * (round % 2);
            for (int id = 0; id < DOCUMENTS; id++) {
                corpora.put(random.nextInt(corpora.shards.size()), "d" + id, words(12, vocabulary));
            }
            for (int i = 0; i < 40; i++) {
                EmbeddedQuery query = query(
                        words(4, 60), 1 + random.nextInt(40), i % 4 == 0 ? RetrievalMode.HYBRID : RetrievalMode.SPARSE);
                List<ShardAnswer> found = corpora.ask(query);
                ShardAnswers answers = corpora.answers(query);

                asked++;
                leftOut += found.stream().anyMatch(answer -> answer.sparse().leftOut() > 0) ? 1 : 0;
                proven += answers.isProven() ? 1 : 0;
                assertThat(answers.candidates(0).candidates()).isEqualTo(corpora.whole(query));
            }
        }
        assertThat(leftOut).isGreaterThan(asked / 2);
        assertThat(proven).isGreaterThan(asked / 2);
    }

    /**
     * All documents of the first shard have a word, which so weighs nothing there. Among all documents it weighs most, so one that
     * the shard puts last is the best.
     */
    @Test
    void knowsWhenAShardMayHaveLeftTheBestOut() {
        Corpora corpora = Corpora.inShards(2);
        for (int id = 0; id < 1_000; id++) {
            if (id < 100) {
                corpora.put(0, "first-" + id, (id < 40 ? "ship iron u" : "ship u") + id);
            }
            corpora.put(1, "second-" + id, (id < 900 ? "iron v" : "wood v") + id);
        }
        corpora.put(0, "best", "ship ship ship ship ship");
        EmbeddedQuery query = query("iron ship", 1, RetrievalMode.SPARSE);

        assertThat(ids(corpora.whole(query))).containsExactly("best");
        assertThat(ids(corpora.answers(query).candidates(0).candidates())).containsExactly("first-0");
        assertThat(corpora.answers(query).isProven()).isFalse();
    }

    /** Chunks of the same title are copies where titles are ranked, though their words differ. */
    @Test
    void copiesWithOtherWordsDoNotTakeThePlacesOfOthers() {
        Corpora corpora = Corpora.inShards(1, new TextTemplate(List.of("title"), false, 100));
        for (int id = 0; id < 200; id++) {
            corpora.put(0, "d" + id, "title-" + id / 10, "ship " + words(12, 50));
        }
        EmbeddedQuery query = query("ship w0 w1 w2", 15, RetrievalMode.SPARSE);

        assertThat(corpora.whole(query)).hasSize(15);
        assertThat(corpora.answers(query).candidates(0).candidates()).isEqualTo(corpora.whole(query));
    }

    /** The nearest of the copies is in one list, and the first by its id in the other. */
    @Test
    void countsACopyOnceThatTwoListsLeaveOut() {
        for (int shards = 1; shards <= 3; shards++) {
            Corpora corpora = Corpora.inShards(shards);
            for (int id = 0; id < 12; id++) {
                corpora.put(id % shards, "d" + id, "ship w" + id / 6);
            }
            EmbeddedQuery query = query("ship w0", 12, RetrievalMode.HYBRID);

            assertThat(corpora.answers(query).candidates(0).candidates()).hasSize(2);
            assertThat(corpora.answers(query).candidates(0).remarks().duplicates())
                    .isEqualTo(10);
        }
    }

    private static List<String> ids(List<Candidate> candidates) {
        return candidates.stream().map(candidate -> candidate.document().id()).toList();
    }

    private static EmbeddedQuery query(String text, int candidates, RetrievalMode mode) {
        Query query = TestEvents.retrieved(TestEvents.query(text, candidates, null, 0), mode);
        return new EmbeddedQuery(query, new Embedding(new float[] {1, 0}), null, 0);
    }

    /** Makes a text of at most so many words, of which some are frequent and many are rare. */
    private String words(int most, int vocabulary) {
        return Stream.generate(() -> "w" + (int) (Math.pow(random.nextDouble(), 3) * vocabulary))
                .limit(1 + random.nextInt(most))
                .reduce("", (text, word) -> text + word + ' ');
    }

    /** Holds the same documents as a whole and in shards. */
    private record Corpora(TextTemplate distinct, CorpusIndex whole, List<CorpusIndex> shards) {
        static Corpora inShards(int count) {
            return inShards(count, TextTemplate.defaults());
        }

        static Corpora inShards(int count, TextTemplate distinct) {
            return new Corpora(
                    distinct,
                    new CorpusIndex(SPARSE, distinct, new Tombstones(60_000, Tombstones.LEAST)),
                    Stream.generate(() -> new CorpusIndex(SPARSE, distinct, new Tombstones(60_000, Tombstones.LEAST)))
                            .limit(count)
                            .toList());
        }

        void put(int shard, String id, String title, String text) {
            Document document = new Document(
                    id, "default", List.of(new Field("title", title), new Field("text", text)), null, null);
            put(
                    shard,
                    CorpusUpdate.of(
                            new DocumentKey("default", id), new Version(1, 0, 0), document, new Embedding(new float[] {
                                1, 0
                            })));
        }

        void put(int shard, String id, String text) {
            double angle = id.hashCode();
            put(shard, TestEvents.update(id, 0, text, (float) Math.cos(angle), (float) Math.sin(angle)));
        }

        private void put(int shard, CorpusUpdate update) {
            for (CorpusIndex index : List.of(whole, shards.get(shard))) {
                assertThat(index.offer(update.key(), update.appliedAt(0))).isNotNull();
            }
        }

        List<Candidate> whole(EmbeddedQuery query) {
            return whole.search(query.query(), query.embedding(), null).candidates();
        }

        ShardAnswers answers(EmbeddedQuery query) {
            return new ShardAnswers(query, ask(query), SPARSE.bm25(), distinct);
        }

        List<ShardAnswer> ask(EmbeddedQuery query) {
            List<ShardAnswer> answers = new ArrayList<>();
            for (CorpusIndex shard : shards) {
                Found found = shard.searchPart(query.query(), query.embedding(), null);
                answers.add(new ShardAnswer(
                        query.query().origin(),
                        answers.size(),
                        shards.size(),
                        found.candidates(),
                        found.sparse(),
                        found.remarks(),
                        null,
                        0));
            }
            return answers;
        }
    }
}
