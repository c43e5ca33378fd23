// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import io.streamrank.retrieval.Nearest;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Searches by BM25 over texts of {@link ZipfTexts}, and prints what a document costs. {@link LuceneTextBenchmark} has the same. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SparseIndexBenchmark {
    static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    static final int FOUND = 50;
    static final int QUERIES = 256;

    @Param("100000")
    public int documents;

    private SparseIndex<Integer> index;
    private String[] queries;
    private int turn;
    private final CpuTime cpu = new CpuTime();

    @Setup(Level.Iteration)
    public void start() {
        cpu.start();
    }

    @TearDown(Level.Iteration)
    public void print() {
        cpu.print();
    }

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
            long begin = THREADS.getCurrentThreadCpuTime();
            index.put(id, i);
            nanos += THREADS.getCurrentThreadCpuTime() - begin;
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

    static long usedHeap() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
