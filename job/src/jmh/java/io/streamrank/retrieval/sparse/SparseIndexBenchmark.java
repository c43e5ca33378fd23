// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import io.streamrank.retrieval.Nearest;
import java.util.Locale;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Searches by BM25 over texts of {@link ZipfTexts}, and prints what a document costs. {@link LuceneTextBenchmark} has the same. */
public class SparseIndexBenchmark extends TextBenchmark {
    private SparseIndex<Integer> index;
    private String[] queries;

    @Setup
    public void fill() {
        TermCounter terms = new TermCounter(TextLanguage.STANDARD);
        ZipfTexts texts = new ZipfTexts(3);
        // What is kept of each document is its number, so the texts are made again where they are needed, and do not
        // count.
        String[] text = new String[1];
        Function<Integer, String> textOf = number -> text[0];
        index = new SparseIndex<>(Bm25.DEFAULTS, terms, textOf);
        long before = usedHeap();
        long nanos = 0;
        for (int i = 0; i < documents; i++) {
            text[0] = texts.text();
            String id = "document-" + i;
            long begin = CpuTime.now();
            index.put(id, i);
            nanos += CpuTime.now() - begin;
        }
        System.out.printf(
                Locale.ROOT,
                "%n%,d documents: %d bytes of heap each with the id, %d by its own count, %,d terms, %.1f postings each, %,.0f documents"
                        + " a second of CPU time%n",
                documents,
                (usedHeap() - before) / documents,
                index.bytes() / documents,
                index.terms(),
                (double) index.postings() / documents,
                documents / (nanos / 1e9));
        queries = new String[QUERIES];
        for (int i = 0; i < QUERIES; i++) {
            queries[i] = texts.query();
        }
    }

    @Benchmark
    public Nearest<Integer> search() {
        cpu.count();
        return index.search(queries[turn++ % QUERIES], FOUND, null, document -> null);
    }

    /** Returns the bytes of heap in use after all garbage was collected. */
    public static long usedHeap() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
