// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
import org.apache.lucene.store.ByteBuffersDirectory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Lucene over the vectors of {@link FlatIndexBenchmark}: exact, and by its graph, whose recall it prints. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class LuceneBenchmark {
    private static final int NEIGHBOURS = 50;
    private static final String FIELD = "vector";

    @Param({"1000", "20000"})
    public int documents;

    /** How many the graph search keeps in sight; the best {@value #NEIGHBOURS} of them are the answer. */
    @Param({"50", "200"})
    public int beam;

    private ByteBuffersDirectory directory;
    private DirectoryReader reader;
    private float[][] queries;
    private int turn;

    @Setup
    public void fill() throws IOException {
        RandomVectors vectors = new RandomVectors(2);
        directory = new ByteBuffersDirectory();
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig().setRAMBufferSizeMB(1_024))) {
            for (int i = 0; i < documents; i++) {
                Document document = new Document();
                document.add(new KnnFloatVectorField(FIELD, vectors.next(), VectorSimilarityFunction.DOT_PRODUCT));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
        reader = DirectoryReader.open(directory);
        queries = new float[64][];
        for (int i = 0; i < queries.length; i++) {
            queries[i] = vectors.next();
        }
        System.out.printf(Locale.ROOT, "recall@%d of the graph: %.3f%n", NEIGHBOURS, recall());
    }

    @TearDown
    public void close() throws IOException {
        reader.close();
        directory.close();
    }

    @Benchmark
    public int[] flat() throws IOException {
        return exact(queries[turn++ % queries.length]);
    }

    @Benchmark
    public ScoreDoc[] graph() throws IOException {
        return graph(queries[turn++ % queries.length]);
    }

    private ScoreDoc[] graph(float[] query) throws IOException {
        return new IndexSearcher(reader).search(new KnnFloatVectorQuery(FIELD, query, beam), NEIGHBOURS).scoreDocs;
    }

    private int[] exact(float[] query) throws IOException {
        FloatVectorValues values = reader.leaves().get(0).reader().getFloatVectorValues(FIELD);
        TopK best = new TopK(Math.min(NEIGHBOURS, documents), Integer::toString);
        for (int i = values.nextDoc(); i < documents; i = values.nextDoc()) {
            float score = VectorSimilarityFunction.DOT_PRODUCT.compare(query, values.vectorValue());
            if (best.wants(i, score)) {
                best.add(i, score);
            }
        }
        int[] found = new int[best.size()];
        int[] count = {0};
        best.descending((slot, score) -> found[count[0]++] = slot);
        return found;
    }

    private double recall() throws IOException {
        int right = 0;
        int all = 0;
        for (float[] query : queries) {
            Set<Integer> truth = new HashSet<>();
            for (int document : exact(query)) {
                truth.add(document);
            }
            all += truth.size();
            for (ScoreDoc found : graph(query)) {
                right += truth.contains(found.doc) ? 1 : 0;
            }
        }
        return (double) right / all;
    }
}
