// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.LongDocuments;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.onnx.OnnxModels;
import io.streamrank.inference.repository.ModelSpec;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.testing.HashingEmbedder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the pairs a second of a real model, with queries of some 10 tokens and documents of some 65, as the demo has them. Each
 * query is new and each document is known, if there is a cache for it. Compare models with {@code
 * -p model=builtin:streamrank-minilm-l6-v2,file:/FOLDER}; {@code documentCache=0} is a split model that knows no document.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 3, time = 10)
public class SplitCrossEncoderBenchmark {
    private static final int PAIRS = 50;
    private static final List<String> PASSAGES = IntStream.range(0, PAIRS)
            .mapToObj(i -> "Document " + i + " says how records of a topic are kept. "
                    + "The broker writes each one to a log. ".repeat(6))
            .toList();

    @Param("builtin:streamrank-minilm-l6-v2")
    public String model = "";

    @Param({"268435456", "0"})
    public long documentCache;

    private final AtomicLong turn = new AtomicLong();
    private PassageReranker service;

    @Setup
    public void open() throws ModelException {
        service = new Models(
                        HashingEmbedder.factory(),
                        OnnxModels.crossEncoder(ModelSpec.of(model)),
                        null,
                        BatchPolicy.defaults(),
                        BatchPolicy.defaults(),
                        new PairPolicy(64 << 20, 0, documentCache, LongDocuments.TRUNCATE, 0, 1),
                        0)
                .openReranker();
    }

    @TearDown
    public void close() {
        service.close();
    }

    @Benchmark
    @Threads(4)
    @OperationsPerInvocation(PAIRS)
    public List<PairOutcome> fourQueriesAtATime() {
        return service.score("keep the newest value of key " + turn.incrementAndGet(), PASSAGES, Long.MAX_VALUE)
                .join();
    }
}
