// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import io.streamrank.event.DocumentChange;
import io.streamrank.event.Hit;
import io.streamrank.event.Origin;
import io.streamrank.event.Query;
import io.streamrank.event.RankedResult;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Retrieval;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The wire contract: a query and a document in, an answer of ten hits out. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class CodecBenchmark {
    private static final RawRecord QUERY = record("""
            {"id":"q-1","query":"super hero mystery movie about bats","collection":"movies","candidates":50,"top_n":10,
             "filter":{"year":{"gte":2000},"genres":{"in":["Action","Mystery"]}}}""");
    private static final RawRecord DOCUMENT =
            record("{\"id\":\"m-12\",\"collection\":\"movies\",\"fields\":{\"title\":\"Bats\",\"overview\":\""
                    + "a sentence of some ten words, as overviews have them. ".repeat(10)
                    + "\"},\"metadata\":{\"year\":2015,\"genres\":[\"Action\"]}}");
    private static final RankedResult ANSWER = new RankedResult(
            new Origin("queries", 0, 7, 0, 0, null, List.of()),
            "q-1",
            "super hero mystery movie about bats",
            "builtin:streamrank-minilm-l6-v2",
            IntStream.range(0, 10)
                    .mapToObj(i -> new Hit(i, "m-" + i, 0.9 - i / 20.0, null, null, new Retrieval(i, 0.7 - i / 100.0)))
                    .toList(),
            null,
            new Usage(50, 3_120, 2),
            new Timing(3, 4, 1, 38, 47));

    private final QueryCodec queries = new QueryCodec(Limits.defaults(), QueryDefaults.defaults());
    private final DocumentCodec documents = new DocumentCodec(Limits.defaults());
    private final RankedResultCodec answers = new RankedResultCodec();

    @Benchmark
    public Decoded<Query> decodeQuery() throws CodecException {
        return queries.decode(QUERY, 0);
    }

    @Benchmark
    public Decoded<DocumentChange> decodeDocument() throws CodecException {
        return documents.decode(DOCUMENT);
    }

    @Benchmark
    public byte[] encodeAnswer() {
        return answers.encode(ANSWER);
    }

    private static RawRecord record(String json) {
        return new RawRecord(
                "topic",
                0,
                7,
                0,
                "movies/m-12".getBytes(StandardCharsets.UTF_8),
                json.getBytes(StandardCharsets.UTF_8),
                List.of());
    }
}
