// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.onnx.BucketedPadding;
import io.streamrank.inference.workers.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to choose a batch, and to take a query in, while 10,000 pairs wait. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class BatchQueueBenchmark {
    private static final int WAITING = 10_000;
    private static final int PAIRS = 50;
    private static final int BATCHES = 16;

    /** What a model runs on. */
    @SuppressWarnings("ImmutableEnumChecker") // both records are immutable, their interfaces only do not say so
    public enum Where {
        CPU(Batching.CPU, new RunCost(500_000, 240_000, 0)),
        GPU(Batching.gpu(new BucketedPadding(true, 512)), new RunCost(1_500_000, 300, 0));

        private final Batching batching;
        private final RunCost cost;

        Where(Batching batching, RunCost cost) {
            this.batching = batching;
            this.cost = cost;
        }
    }

    @Param
    public Where where;

    private final Random random = new Random(1);
    private BatchQueue<Float> queue;
    private List<List<InferenceTask<Float>>> queries;
    private int next;
    private long now;

    @Setup(Level.Trial)
    public void open() {
        Padding padding = where.batching.padding();
        BatchPolicy policy = new BatchPolicy(0, 0, Duration.ZERO, 0, Long.MAX_VALUE).suiting(where.batching);
        queue = new BatchQueue<>(policy, Integer.MAX_VALUE, padding, where.cost);
    }

    /** Fills it up again. */
    @Setup(Level.Invocation)
    public void fill() {
        while (queue.size() < WAITING) {
            queue.add(query(), now++);
        }
        queries = Stream.generate(this::query).limit(BATCHES).toList();
        next = 0;
    }

    private List<InferenceTask<Float>> query() {
        long deadline = now + TimeUnit.SECONDS.toNanos(30);
        return Stream.generate(() -> (InferenceTask<Float>) new FutureTask<Float>(
                        new Encoding(new int[(int) Math.max(20, 77 + 30 * random.nextGaussian())], 10, false),
                        Priority.RERANKING,
                        deadline,
                        now,
                        new CompletableFuture<>()))
                .limit(PAIRS)
                .toList();
    }

    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public int chooseBatches() {
        int items = 0;
        for (int i = 0; i < BATCHES; i++) {
            items += queue.poll(now).size();
        }
        return items;
    }

    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public int takeQueriesIn() {
        for (; next < BATCHES; next++) {
            queue.add(queries.get(next), now);
        }
        return queue.size();
    }

    /** Brings it back to its size. */
    @TearDown(Level.Invocation)
    public void shrink() {
        while (queue.size() > WAITING) {
            queue.poll(now);
        }
    }
}
