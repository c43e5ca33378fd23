// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.retrieval.Neighbor;
import io.streamrank.retrieval.sparse.Bm25;
import io.streamrank.retrieval.sparse.SparseIndex;
import io.streamrank.retrieval.sparse.TermCounter;
import io.streamrank.retrieval.sparse.TextLanguage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.QueryBuilder;

/**
 * Measures BM25 alone on collections in BEIR's layout: the job's index, and Lucene's own search. It needs no model. Arguments: language,
 * k1, b, directories. docs/evaluation.md has its figures.
 */
final class SparseFigures {
    private static final int DEPTH = 1_000;

    private SparseFigures() {}

    public static void main(String[] arguments) throws Exception {
        TextLanguage language = TextLanguage.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        Bm25 bm25 = new Bm25(Float.parseFloat(arguments[1]), Float.parseFloat(arguments[2]));
        System.out.printf("%-22s %7s %7s %7s %7s %7s%n", "", "nDCG@10", "MAP", "P@30", "R@50", "R@100");
        for (String directory : List.of(arguments).subList(3, arguments.length)) {
            TestCollection collection = BeirFiles.read(Path.of(directory));
            Map<String, String> texts = new HashMap<>();
            collection.documents().forEach((id, passage) -> texts.put(id, passage.title() + "\n" + passage.text()));
            try (TermCounter terms = new TermCounter(language)) {
                SparseIndex<String> index = new SparseIndex<>(bm25, terms, Function.identity());
                texts.forEach(index::put);
                print(
                        collection.name(),
                        collection,
                        query -> index.search(query, DEPTH, null, text -> null).neighbors().stream()
                                .map(Neighbor::id)
                                .toList());
            }
            try (var analyzer = language == TextLanguage.ENGLISH ? new EnglishAnalyzer() : new StandardAnalyzer();
                    ByteBuffersDirectory files = new ByteBuffersDirectory()) {
                try (IndexWriter writer = new IndexWriter(files, new IndexWriterConfig(analyzer))) {
                    for (Map.Entry<String, String> text : texts.entrySet()) {
                        Document document = new Document();
                        document.add(new StringField("id", text.getKey(), Store.YES));
                        document.add(new TextField("text", text.getValue(), Store.NO));
                        writer.addDocument(document);
                    }
                }
                try (DirectoryReader reader = DirectoryReader.open(files)) {
                    IndexSearcher searcher = new IndexSearcher(reader);
                    searcher.setSimilarity(new BM25Similarity(bm25.k1(), bm25.b()));
                    QueryBuilder parser = new QueryBuilder(analyzer);
                    print("  Lucene", collection, query -> search(searcher, parser.createBooleanQuery("text", query)));
                }
            }
        }
    }

    private interface Search {
        List<String> of(String query) throws IOException;
    }

    private static List<String> search(IndexSearcher searcher, Query query) throws IOException {
        List<String> found = new ArrayList<>();
        if (query != null) {
            for (ScoreDoc one : searcher.search(query, DEPTH).scoreDocs) {
                found.add(searcher.storedFields().document(one.doc).get("id"));
            }
        }
        return found;
    }

    private static void print(String name, TestCollection collection, Search search) throws IOException {
        List<Measures> all = new ArrayList<>();
        double precision30 = 0;
        for (Map.Entry<String, String> query : collection.queries().entrySet()) {
            Map<String, Integer> grades = collection.gradesOf(query.getKey());
            List<String> found = search.of(query.getValue());
            all.add(Measures.of(found, grades));
            precision30 += found.stream()
                            .limit(30)
                            .filter(id -> Measures.isRelevant(id, grades))
                            .count()
                    / 30.0;
        }
        Measures mean = Measures.mean(all);
        System.out.printf(
                Locale.ROOT,
                "%-22s %7.4f %7.4f %7.4f %7.4f %7.4f%n",
                name,
                mean.ndcg10(),
                mean.map(),
                precision30 / all.size(),
                mean.recall50(),
                mean.recall100());
    }
}
