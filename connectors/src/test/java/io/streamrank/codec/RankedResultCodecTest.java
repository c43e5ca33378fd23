// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Document;
import io.streamrank.event.Embedding;
import io.streamrank.event.Field;
import io.streamrank.event.Hit;
import io.streamrank.event.Origin;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Remarks;
import io.streamrank.event.Remarks.Coverage;
import io.streamrank.event.Reply;
import io.streamrank.event.Reply.Citation;
import io.streamrank.event.Retrieval;
import io.streamrank.event.Retrieval.SparseMatch;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import io.streamrank.event.Usage.Billed;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankedResultCodecTest {
    private static final Origin ORIGIN = new Origin("queries", 0, 0, 0, 0, null, List.of());
    private static final Document DOCUMENT = new Document(
            "m-12",
            "movies",
            List.of(
                    new Field("title", "The Batman"),
                    new Field("overview", "A masked vigilante 🦇 uncovers corruption.")),
            """
                    {"year":2022,"genres":["Action","Crime"]}""",
            new Embedding(new float[] {1}));

    private final RankedResultCodec codec = new RankedResultCodec();

    @Test
    void writesTheWireContract() {
        RankedResult result = new RankedResult(
                ORIGIN,
                "q-1",
                "super hero mystery movie about bats",
                "minilm-l6",
                List.of(
                        new Hit(12, "m-12", 0.83, 1.5855, DOCUMENT, new Retrieval(12, 0.61)),
                        new Hit(3, null, 0.5, null, null, null)),
                null,
                new Usage(50, 3120, 2),
                new Timing(3, 4, 1, 38, 47));

        assertThat(new String(codec.encode(result), UTF_8)).isEqualTo(Wire.compact(Wire.golden("result.json")));
    }

    @Test
    void writesWhereAHitIsInTheListsThatWereFused() {
        RankedResult result = new RankedResult(
                ORIGIN,
                "q-4",
                "bats",
                "minilm-l6",
                List.of(
                        new Hit(0, "both", 0.9, null, null, new Retrieval(0, 0.8, 2, new SparseMatch(1, 7.25))),
                        new Hit(1, "near", 0.8, null, null, new Retrieval(1, 0.85, 0, null)),
                        new Hit(2, "words", 0.7, null, null, new Retrieval(2, 0.5, null, new SparseMatch(0, 9.5))),
                        new Hit(3, "no-vector", 0.6, null, null, new Retrieval(3, null, null, new SparseMatch(3, 1)))),
                null,
                new Usage(4, 80, 0),
                new Timing(3, 4, 1, 38, 47));

        assertThat(new String(codec.encode(result), UTF_8)).isEqualTo(Wire.compact(Wire.golden("result-hybrid.json")));
    }

    @Test
    void writesWhyAnAnswerIsDegraded() {
        RankedResult result = new RankedResult(
                ORIGIN,
                "q-2",
                "bats",
                "minilm-l6",
                List.of(new Hit(0, "m-1", null, null, null, new Retrieval(0, 0.9))),
                DegradedReason.TIMEOUT,
                new Usage(0, 0, 0),
                new Timing(3, 4, 1, 500, 508));

        assertThat(new String(codec.encode(result), UTF_8))
                .isEqualTo(Wire.compact(Wire.golden("result-degraded.json")));
    }

    @Test
    void writesWhatAnAnswerLostOnTheWay() {
        Remarks remarks = Remarks.ofQuery(
                        List.of("topn"), List.of("documents[1] must be a text or an object but is true"))
                .plus(Remarks.ofSearch(7, List.of("gener")))
                .plus(Remarks.ofMissingCollection("moveis"))
                .plus(Remarks.ofCoverage(new Coverage(2, 3)))
                .plus(Remarks.ofRanking(2, 3, List.of("titel")));
        RankedResult result = new RankedResult(
                ORIGIN,
                "q-3",
                "bats",
                "minilm-l6",
                List.of(),
                null,
                new Usage(3, 60, 0, remarks),
                new Timing(3, 4, 1, 38, 47));

        assertThat(new String(codec.encode(result), UTF_8)).isEqualTo(Wire.compact(Wire.golden("result-remarks.json")));
    }

    @Test
    void writesWhatTheProviderOfAHostedRerankerCharges() {
        RankedResult result = new RankedResult(
                ORIGIN,
                "q-4",
                "bats",
                "cohere:rerank-v4.0-pro",
                List.of(new Hit(0, "m-1", 0.83, null, null, new Retrieval(0, 0.9))),
                null,
                new Usage(20, 512, null, new Billed(1, 512, 3), Remarks.NONE),
                new Timing(3, 4, 1, 210, 218));

        assertThat(new String(codec.encode(result), UTF_8)).isEqualTo(Wire.compact(Wire.golden("result-hosted.json")));
    }

    @Test
    void writesAReplyOrWhyThereIsNone() {
        RankedResult result = hits(1, 0.5);
        Reply reply = new Reply(
                "It sank [1].", null, "m", List.of(new Citation(1, "d7"), new Citation(2, null)), "stop", 20, 7, 1);

        assertThat(new String(codec.encode(result.with(reply)), UTF_8))
                .contains(
                        "\"reply\":{\"text\":\"It sank [1].\",\"model\":\"m\",\"citations\":[{\"n\":1,\"id\":\"d7\"},{\"n\":2,\"id\":null}],"
                                + "\"finish_reason\":\"stop\",\"dropped_sources\":1,\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":7}}");
        assertThat(new String(codec.encode(result.with(Reply.failed("timeout"))), UTF_8))
                .contains("\"reply\":{\"error\":\"timeout\"}");
    }

    @Test
    void writesNullForAScoreThatJsonCannotHold() {
        assertThat(new String(codec.encode(hits(1, Double.NaN)), UTF_8)).contains("\"relevance_score\":null");
    }

    @Test
    void leavesOutDocumentsWhereTheAnswerWouldBeTooLarge() {
        RankedResult result = hits(100, 0.5);

        String fitting = new String(codec.encode(result, 10_000), UTF_8);

        assertThat(codec.encode(result)).hasSizeGreaterThan(10_000);
        assertThat(fitting.length()).isLessThan(10_000);
        assertThat(fitting)
                .contains("\"index\":99", "\"omitted_documents\":100}")
                .doesNotContain("\"document\"");
    }

    @Test
    void leavesOutTheLastHitsWhereThatIsNotEnough() {
        String fitting = new String(codec.encode(hits(100, 0.5), 2_000), UTF_8);

        assertThat(fitting.length()).isLessThan(2_000);
        assertThat(fitting)
                .contains("\"index\":0", "\"index\":11", "\"omitted_documents\":12,\"omitted_hits\":88}")
                .doesNotContain("\"index\":12");
    }

    @Test
    void answersWithoutHitsWhereNothingFits() {
        assertThat(new String(codec.encode(hits(3, 0.5), 1), UTF_8)).contains("\"results\":[]", "\"omitted_hits\":3}");
    }

    private static RankedResult hits(int count, double score) {
        List<Hit> hits = IntStream.range(0, count)
                .mapToObj(i -> new Hit(i, "m-" + i, score, null, DOCUMENT, new Retrieval(i, 0.1)))
                .toList();
        return new RankedResult(ORIGIN, "q", "q", "m", hits, null, new Usage(0, 0, 0), new Timing(0, 0, 0, 0, 0));
    }
}
