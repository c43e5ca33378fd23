// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import java.io.IOException;
import java.util.Locale;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.QueryBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Lucene over the texts of {@link SparseIndexBenchmark}, in memory and merged to one segment. */
public class LuceneTextBenchmark extends TextBenchmark {
    private ByteBuffersDirectory directory;
    private DirectoryReader reader;
    private IndexSearcher searcher;
    private Query[] queries;

    @Setup
    public void fill() throws IOException {
        ZipfTexts texts = new ZipfTexts(3);
        directory = new ByteBuffersDirectory();
        StandardAnalyzer analyzer = new StandardAnalyzer();
        long nanos = 0;
        try (IndexWriter writer = new IndexWriter(
                directory, new IndexWriterConfig(analyzer).setMergeScheduler(new SerialMergeScheduler()))) {
            for (int i = 0; i < documents; i++) {
                Document document = new Document();
                document.add(new TextField("text", texts.text(), Store.NO));
                long begin = CpuTime.now();
                writer.addDocument(document);
                nanos += CpuTime.now() - begin;
            }
            long begin = CpuTime.now();
            writer.forceMerge(1);
            nanos += CpuTime.now() - begin;
        }
        long bytes = 0;
        for (String file : directory.listAll()) {
            bytes += directory.fileLength(file);
        }
        System.out.printf(
                Locale.ROOT,
                "%n%,d documents: %d bytes each, %,.0f documents a second of CPU time%n",
                documents,
                bytes / documents,
                documents / (nanos / 1e9));
        reader = DirectoryReader.open(directory);
        searcher = new IndexSearcher(reader);
        queries = new Query[QUERIES];
        QueryBuilder parser = new QueryBuilder(analyzer);
        for (int i = 0; i < queries.length; i++) {
            queries[i] = parser.createBooleanQuery("text", texts.query());
        }
    }

    @TearDown
    public void close() throws IOException {
        reader.close();
        directory.close();
    }

    /** As users do: it skips documents that cannot be among the best. */
    @Benchmark
    public TopDocs search() throws IOException {
        cpu.count();
        return searcher.search(queries[turn++ % queries.length], FOUND);
    }

    /** Scores each document that has a term, as the job's index does. */
    @Benchmark
    public TopDocs exhaustive() throws IOException {
        cpu.count();
        return searcher.search(
                queries[turn++ % queries.length], new TopScoreDocCollectorManager(FOUND, Integer.MAX_VALUE));
    }
}
