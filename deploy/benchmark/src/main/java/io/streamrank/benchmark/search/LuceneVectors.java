// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/** Searches vectors in Lucene with one thread: every one of them, or by Lucene's graph (HNSW) as it comes. */
final class LuceneVectors implements AutoCloseable {
    private static final String FIELD = "vector";
    /** What waits for its segment; the rest of the index is mapped files, off the heap. */
    private static final double BUFFER_MIB = 128;

    /** Held, since a logger that nobody holds forgets its level. */
    private static final Logger LOG = Logger.getLogger("org.apache.lucene");

    private final Path folder;
    private final Directory directory;
    private final IndexWriter writer;

    LuceneVectors() throws IOException {
        LOG.setLevel(Level.SEVERE); // its advice on the JVM would tear the progress bar
        folder = Files.createTempDirectory("streamrank-lucene-");
        directory = FSDirectory.open(folder);
        writer = new IndexWriter(directory, new IndexWriterConfig().setRAMBufferSizeMB(BUFFER_MIB));
    }

    void add(float[] vector) throws IOException {
        Document document = new Document();
        document.add(new KnnFloatVectorField(FIELD, vector, VectorSimilarityFunction.DOT_PRODUCT));
        writer.addDocument(document);
    }

    /**
     * Returns a searcher over all that was added so far, in one segment with one graph, which is what a search is
     * fastest over.
     */
    Searcher searcher() throws IOException {
        writer.forceMerge(1);
        return new Searcher(DirectoryReader.open(writer));
    }

    /** Searches what was there when it was made. */
    record Searcher(DirectoryReader reader) implements AutoCloseable {
        ScoreDoc[] flat(float[] query, int neighbours) throws IOException {
            FloatVectorValues values = reader.leaves().get(0).reader().getFloatVectorValues(FIELD);
            TopKnnCollector best = new TopKnnCollector(Math.min(neighbours, values.size()), Integer.MAX_VALUE);
            for (int i = values.nextDoc(); i != FloatVectorValues.NO_MORE_DOCS; i = values.nextDoc()) {
                best.collect(i, VectorSimilarityFunction.DOT_PRODUCT.compare(query, values.vectorValue()));
            }
            TopDocs found = best.topDocs();
            return found.scoreDocs;
        }

        /** Searches the graph with {@code beam} candidates in sight, at least as many as are wanted. */
        ScoreDoc[] graph(float[] query, int neighbours, int beam) throws IOException {
            return new IndexSearcher(reader).search(new KnnFloatVectorQuery(FIELD, query, beam), neighbours).scoreDocs;
        }

        /** Returns the share of the nearest that the graph finds. */
        double recall(Iterable<float[]> queries, int neighbours, int beam) throws IOException {
            long right = 0;
            long all = 0;
            for (float[] query : queries) {
                Set<Integer> nearest = new HashSet<>();
                for (ScoreDoc document : flat(query, neighbours)) {
                    nearest.add(document.doc);
                }
                all += nearest.size();
                for (ScoreDoc document : graph(query, neighbours, beam)) {
                    right += nearest.contains(document.doc) ? 1 : 0;
                }
            }
            return (double) right / all;
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
        directory.close();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
