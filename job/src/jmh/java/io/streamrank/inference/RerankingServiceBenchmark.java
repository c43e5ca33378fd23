// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.PairOutcome;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What batching itself costs a query of fifty pairs, where the model costs nothing. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RerankingServiceBenchmark {
    private static final List<String> PASSAGES =
            IntStream.range(0, 50).mapToObj(i -> "passage " + i).toList();

    /** Pairs a run: what a model with dynamic int8 takes, and what others do. */
    @Param({"1", "64"})
    public int batch;

    private final AtomicLong turn = new AtomicLong();
    private PassageReranker service;

    @Setup
    public void open() throws ModelException {
        service = new Models(
                        HashingEmbedder.factory(),
                        FreeCrossEncoder.factory(batch),
                        BatchPolicy.defaults(),
                        BatchPolicy.defaults())
                .openReranker();
    }

    @TearDown
    public void close() {
        service.close();
    }

    @Benchmark
    public List<PairOutcome> oneQueryAtATime() {
        return query();
    }

    @Benchmark
    @Threads(8)
    public List<PairOutcome> eightQueriesAtATime() {
        return query();
    }

    private List<PairOutcome> query() {
        return service.score("query " + turn.incrementAndGet(), PASSAGES, Long.MAX_VALUE)
                .join();
    }
}
