// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.operator.corpus.CorpusConfig;
import io.streamrank.operator.corpus.CorpusPlacement;
import io.streamrank.operator.corpus.RetrieveCandidates;
import io.streamrank.operator.corpus.SparseConfig;
import io.streamrank.retrieval.sparse.SparseIndexBenchmark;
import io.streamrank.retrieval.sparse.ZipfTexts;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.TestEvents;
import io.streamrank.testing.TestModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStreamFactory;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
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

/**
 * What a corpus costs one slot: bytes of heap a document, bytes of a checkpoint, the time for which a checkpoint keeps the
 * thread that answers queries, and the time to write it beside that. Documents have 384 numbers and 500 characters.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class CorpusStateBenchmark {
    private static final int DIMENSION = 384;
    private static final int CHARACTERS = 500;
    private static final int BUFFER_BYTES = 4096;

    @Param({"1000", "10000", "50000", "100000"})
    public int documents;

    /** Whether the documents are found by their words, too. */
    @Param({"false", "true"})
    public boolean words;

    private TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness;
    private Path folder;
    private CheckpointStreamFactory files;
    private long checkpoint;

    @Setup
    public void fill() throws Exception {
        folder = Files.createTempDirectory("checkpoints");
        var path = new org.apache.flink.core.fs.Path(folder.toUri());
        files = new FsCheckpointStreamFactory(LocalFileSystem.getSharedInstance(), path, path, 0, BUFFER_BYTES);
        harness = new TwoInputStreamOperatorTestHarness<>(
                new RetrieveCandidates(TestModels.models(), config(), TextTemplate.defaults()));
        harness.open();
        Random random = new Random(7);
        ZipfTexts texts = new ZipfTexts(7);
        long before = SparseIndexBenchmark.usedHeap();
        for (int i = 0; i < documents; i++) {
            harness.processElement2(TestEvents.update("document-" + i, i, text(texts), vector(random)), 0);
        }
        System.out.printf(
                "%n%d documents: %d bytes of heap and %d bytes of a checkpoint each%n",
                documents, (SparseIndexBenchmark.usedHeap() - before) / documents, written() / documents);
    }

    private CorpusConfig config() {
        CorpusConfig defaults = CorpusConfig.defaults();
        SparseConfig sparse = defaults.sparse();
        TextTemplate text = words ? sparse.text() : new TextTemplate(List.of("no such field"), false, 1);
        return new CorpusConfig(
                CorpusPlacement.BROADCAST,
                Duration.ofSeconds(2),
                defaults.embedText(),
                new SparseConfig(true, text, sparse.language(), sparse.bm25()),
                defaults.maxDocuments(),
                defaults.waitUntilLoaded(),
                defaults.waitTimeout(),
                defaults.maxWaitingQueries(),
                defaults.tombstoneRetention());
    }

    /** What queries wait for at each checkpoint. */
    @Benchmark
    public void onTheTasksThread() throws Exception {
        snapshot().cancel();
    }

    /** The same, and what then is written to a file on a thread of its own. */
    @Benchmark
    public long wholeCheckpoint() throws Exception {
        return written();
    }

    private long written() throws Exception {
        var future = snapshot().getOperatorStateManagedFuture();
        future.run();
        var state = future.get().getJobManagerOwnedSnapshot();
        state.discardState();
        return state.getStateSize();
    }

    private OperatorSnapshotFutures snapshot() throws Exception {
        return harness.getOperator()
                .snapshotState(++checkpoint, checkpoint, CheckpointOptions.forCheckpointWithDefaultLocation(), files);
    }

    private static String text(ZipfTexts texts) {
        StringBuilder text = new StringBuilder(2 * CHARACTERS);
        while (text.length() < CHARACTERS) {
            text.append(texts.text());
        }
        return text.substring(0, CHARACTERS);
    }

    private static float[] vector(Random random) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) (random.nextGaussian() / Math.sqrt(DIMENSION));
        }
        return vector;
    }

    @TearDown
    public void delete() throws Exception {
        harness.close();
        try (Stream<Path> left = Files.walk(folder)) {
            left.sorted(Comparator.reverseOrder()).forEach(CorpusStateBenchmark::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
