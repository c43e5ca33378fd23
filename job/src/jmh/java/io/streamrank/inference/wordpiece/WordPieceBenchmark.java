// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.wordpiece;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A passage of 240 characters into the built-in model's word pieces: by its native tokenizer, and by ours. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
public class WordPieceBenchmark {
    private static final Path FILE = Path.of("../deploy/models/streamrank-minilm-l6-v2/tokenizer.json");
    private static final String PASSAGE =
            "The interval between two consecutive checkpoints, e.g. 10 s (execution.checkpointing.interval). "
                    .repeat(3)
                    .substring(0, 240);

    private HuggingFaceTokenizer tokenizer;
    private WordPiece pieces;

    @Setup(Level.Trial)
    public void open() throws IOException {
        tokenizer = HuggingFaceTokenizer.newInstance(
                FILE, Map.of("truncation", "DO_NOT_TRUNCATE", "padding", "DO_NOT_PAD"));
        pieces = Objects.requireNonNull(
                WordPiece.of(new ObjectMapper().readTree(FILE.toFile()), false, this::nativeTokens));
    }

    @TearDown(Level.Trial)
    public void close() {
        tokenizer.close();
    }

    private int[] nativeTokens(String text) {
        return Arrays.stream(tokenizer.encode(text, false, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Benchmark
    public int[] nativeTokenizer() {
        return nativeTokens(PASSAGE);
    }

    @Benchmark
    public int[] wordPieces() {
        return pieces.tokens(PASSAGE);
    }
}
