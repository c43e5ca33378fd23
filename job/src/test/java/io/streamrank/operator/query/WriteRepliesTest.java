// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import static io.streamrank.testing.FaultServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamrank.event.Hit;
import io.streamrank.event.Origin;
import io.streamrank.event.Query;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Remarks;
import io.streamrank.event.Reply;
import io.streamrank.event.Reply.Citation;
import io.streamrank.event.RetrievalMode;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import io.streamrank.inference.endpoint.EndpointLimits;
import io.streamrank.inference.endpoint.EndpointSpec;
import io.streamrank.inference.hosted.ReplySpec;
import io.streamrank.state.Candidate;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.Captured;
import io.streamrank.testing.FaultServer;
import io.streamrank.testing.TestEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.util.MockStreamingRuntimeContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WriteRepliesTest {
    private static final Reply.Request ASKED = new Reply.Request(null, 0, 0);
    private static final String ANSWER = """
            {"model":"m","choices":[{"finish_reason":"stop","message":{"content":"It sank [2]."}}],
             "usage":{"prompt_tokens":20,"completion_tokens":7}}""";

    private static final long TIMEOUT_MS = Duration.ofMinutes(10).toMillis();

    private FaultServer server;
    private long askedAtMs = System.currentTimeMillis();

    @BeforeEach
    void start() throws Exception {
        server = new FaultServer(status(200, ANSWER));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theBestDocumentsBecomeSourcesAndTheReplyCitesThem() throws Exception {
        RankedResult answer = written(config(3, 100, null), ordered(config(3, 100, null), ASKED, 0.9, 0.8, 0.7, 0.6));
        assertThat(answer.reply())
                .isEqualTo(new Reply("It sank [2].", null, "m", List.of(new Citation(2, "d1")), "stop", 20, 7, 0));
        assertThat(answer.replyOrder()).isNull();
        assertThat(answer.results()).hasSize(4);
        assertThat(server.received().get(0).body().toString())
                .contains("text 0", "text 2")
                .doesNotContain("text 3");
    }

    @Test
    void aQueryChoosesHowManyDocumentsAndWhatIsTooLongIsLeftOutWhole() {
        assertThat(sources(ordered(config(3, 100, null), new Reply.Request(null, 0, 1), 0.9, 0.8)))
                .containsExactly("text 0");
        RankedResult cut = ordered(config(3, 13, null), ASKED, 0.9, 0.8, 0.7);
        assertThat(sources(cut)).containsExactly("text 0", "text 1");
        assertThat(cut.replyOrder().dropped()).isEqualTo(1);
    }

    @Test
    void withoutASourceNobodyIsAsked() {
        assertThat(ordered(config(3, 100, 0.95), ASKED, 0.9, 0.8).reply()).isEqualTo(Reply.failed("no_sources"));
        assertThat(sources(ordered(config(3, 100, 0.85), ASKED, 0.9, 0.8))).containsExactly("text 0");
        assertThat(ordered(config(3, 5, null), ASKED, 0.9).reply()).isEqualTo(Reply.failed("no_sources"));
        assertThat(ordered(null, ASKED, 0.9).reply()).isEqualTo(Reply.failed("not_configured"));
        RankedResult notAsked = ordered(config(3, 100, null), null, 0.9);
        assertThat(notAsked.reply()).isNull();
        assertThat(notAsked.replyOrder()).isNull();
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            500 | model_error | {"error":{"message":"oops"}}
            401 | model_error | {"error":{"message":"key"}}
            400 | model_error | {"error":{"message":"too many tokens"}}
            429 | overload | {"error":{"message":"slow down"}}
            200 | refused | {"choices":[{"finish_reason":"content_filter","message":{"content":"x"}}]}
            200 | too_long | {"choices":[{"finish_reason":"length","message":{"content":""}}]}
            """)
    void whateverTheModelDoesTheAnswerIsSent(int status, String error, String body) throws Exception {
        server.otherwise(status(status, body, "Retry-After", status == 429 ? "900" : "0"));
        RankedResult answer = written(config(3, 100, null), ordered(config(3, 100, null), ASKED, 0.9));
        assertThat(answer.reply()).isEqualTo(Reply.failed(error));
        assertThat(answer.results()).hasSize(1);
    }

    @Test
    void noReplyIsWaitedForBeyondTheQuerysOwnTimeLimit() throws Exception {
        server.otherwise(server.hangs(status(200, ANSWER)));
        ReplyConfig config = config(3, 100, null);
        askedAtMs -= TIMEOUT_MS;
        RankedResult answer = written(config, ordered(config, ASKED, 0.9, 0.8));
        assertThat(answer.reply()).isEqualTo(Reply.failed("timeout"));
        assertThat(answer.results()).hasSize(2);
        assertThat(server.received()).isEmpty();
    }

    @Test
    void answersBeyondTheLimitGoAtOnceAndWithoutAReply() throws Exception {
        server.otherwise(server.hangs(status(200, ANSWER)));
        ReplyConfig config = config(3, 100, null);
        WriteReplies replies = opened(config);
        try {
            List<Captured<RankedResult>> waiting = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                waiting.add(new Captured<>());
                replies.asyncInvoke(ordered(config, new Reply.Request("number " + i, 0, 0), 0.9), waiting.get(i));
            }
            await().until(() -> server.received().size() == 2);
            Captured<RankedResult> third = new Captured<>();
            replies.asyncInvoke(ordered(config, ASKED, 0.9), third);
            assertThat(third.value().reply()).isEqualTo(Reply.failed("overload"));
            server.release();
            for (Captured<RankedResult> each : waiting) {
                assertThat(each.value().reply().text()).isNotNull();
            }
        } finally {
            replies.close();
        }
    }

    private RankedResult written(ReplyConfig config, RankedResult ordered) throws Exception {
        WriteReplies replies = opened(config);
        try {
            Captured<RankedResult> result = new Captured<>();
            replies.asyncInvoke(ordered, result);
            return result.value();
        } finally {
            replies.close();
        }
    }

    private static WriteReplies opened(ReplyConfig config) {
        WriteReplies replies = new WriteReplies(config);
        replies.setRuntimeContext(new MockStreamingRuntimeContext(1, 0));
        replies.open(null);
        return replies;
    }

    private ReplyConfig config(int documents, int chars, @Nullable Double minScore) {
        return new ReplyConfig(
                new ReplySpec(
                        new EndpointSpec(
                                "reply:m",
                                server.address("/v1/chat/completions"),
                                null,
                                new EndpointLimits(0, 0, 8),
                                Duration.ofSeconds(10)),
                        "m",
                        50,
                        "max_tokens",
                        null),
                documents,
                chars,
                minScore,
                Duration.ofSeconds(10),
                2);
    }

    private static List<String> sources(RankedResult answer) {
        return answer.replyOrder().sources().stream().map(Reply.Source::text).toList();
    }

    /** An answer with a document for each score. */
    private RankedResult ordered(@Nullable ReplyConfig config, Reply.@Nullable Request request, double... scores) {
        List<Candidate> candidates = new ArrayList<>();
        List<Hit> hits = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            candidates.add(new Candidate(TestEvents.document("d" + i, "text " + i), null));
            hits.add(new Hit(i, "d" + i, scores[i], null, null, null));
        }
        Origin origin = new Origin("queries", 0, 0, askedAtMs, askedAtMs, null, List.of());
        Query query = new Query(
                origin,
                "q",
                "who sank?",
                "c",
                RetrievalMode.DENSE,
                10,
                10,
                List.of(),
                null,
                false,
                false,
                null,
                TIMEOUT_MS,
                null,
                null,
                request,
                Remarks.NONE);
        RankedResult answer = new RankedResult(
                origin, "q", "who sank?", "r", hits, null, new Usage(1, 1, 0), new Timing(0, 0, 0, 0, 0));
        return new ReplySourceSelector(config)
                .add(answer, query, CandidateTexts.of(candidates, TextTemplate.defaults()));
    }
}
