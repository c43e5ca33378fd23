// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streamrank.retrieval.Neighbor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.QueryBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares with a fresh index of Lucene. Lucene keeps a length in one byte, exact below 40 terms, so texts here are shorter. Its index
 * is fresh, since it counts removed documents until it merges.
 */
class LuceneParityTest {
    private static final int DOCUMENTS = 2_000;
    private static final int LENGTH_THAT_LUCENE_KEEPS = 39;
    private static final float RELATIVE = 1e-5f;

    private final Random random = new Random(9);

    @ParameterizedTest
    @CsvSource({"ENGLISH, 1.2, 0.75", "ENGLISH, 0.9, 0.4", "STANDARD, 1.2, 0.75", "GERMAN, 2, 1", "FRENCH, 0, 0"})
    void givesTheScoresOfAFreshIndexOfLucene(TextLanguage language, float k1, float b) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        IntStream.range(0, DOCUMENTS)
                .forEach(i -> texts.put("d" + i, text(1 + random.nextInt(LENGTH_THAT_LUCENE_KEEPS))));
        try (TermCounter terms = new TermCounter(language);
                Analyzer analyzer = language.analyzer();
                ByteBuffersDirectory directory = new ByteBuffersDirectory()) {
            SparseIndex<String> ours = new SparseIndex<>(new Bm25(k1, b), terms, Function.identity());
            texts.forEach(ours::put);
            write(directory, analyzer, texts);
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                IndexSearcher lucene = new IndexSearcher(reader);
                lucene.setSimilarity(new BM25Similarity(k1, b));
                for (int i = 0; i < 50; i++) {
                    String query = text(1 + i % 6);
                    compare(
                            query,
                            ours.search(query, DOCUMENTS, null, text -> null).neighbors(),
                            lucene,
                            analyzer);
                }
            }
        }
    }

    private static void compare(String query, List<Neighbor<String>> ours, IndexSearcher lucene, Analyzer analyzer)
            throws IOException {
        var parsed = new QueryBuilder(analyzer).createBooleanQuery("text", query);
        ScoreDoc[] theirs = lucene.search(parsed, DOCUMENTS).scoreDocs;
        Map<String, Float> scores = new LinkedHashMap<>();
        for (ScoreDoc found : theirs) {
            scores.put(lucene.storedFields().document(found.doc).get("id"), found.score);
        }
        assertThat(ours).extracting(Neighbor::id).containsExactlyInAnyOrderElementsOf(scores.keySet());
        for (int rank = 0; rank < ours.size(); rank++) {
            Neighbor<String> found = ours.get(rank);
            assertThat(found.score())
                    .describedAs("%s of \"%s\"", found.id(), query)
                    .isCloseTo(scores.get(found.id()), within(RELATIVE * found.score()));
            // Ties aside, that makes the order Lucene's, too.
            assertThat(found.score()).isCloseTo(theirs[rank].score, within(RELATIVE * found.score()));
        }
    }

    private static void write(ByteBuffersDirectory directory, Analyzer analyzer, Map<String, String> texts)
            throws IOException {
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(analyzer))) {
            for (Map.Entry<String, String> text : texts.entrySet()) {
                Document document = new Document();
                document.add(new StringField("id", text.getKey(), Store.YES));
                document.add(new TextField("text", text.getValue(), Store.NO));
                writer.addDocument(document);
            }
        }
    }

    private String text(int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append("word")
                    .append((int) Math.pow(1_000, random.nextDouble()))
                    .append(' ');
        }
        return text.toString();
    }
}
