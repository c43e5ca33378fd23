// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Hit;
import io.streamrank.event.RankedResult;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.testing.FakeWords;
import io.streamrank.testing.HashingEmbedder;
import io.streamrank.testing.OverlapCrossEncoder;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Models that misbehave in the whole job: the answers say so that have to, and the others never notice. */
@Timeout(120)
class BadModelsTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(500);

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(1)
            .build());

    @AfterEach
    void release() {
        FakeWords.release();
        await().untilAsserted(() -> assertThat(OverlapCrossEncoder.OPEN).hasValue(0));
    }

    @Test
    void ofAllPairsOfABatchThoseAloneFailThatThrowOrAreNoNumber() throws Exception {
        // The first run waits for company long enough that the pairs of all queries are one batch.
        BatchPolicy together = new BatchPolicy(1 << 16, 64, Duration.ofSeconds(1), 1, 1 << 20);
        try (LiveJob job = new LiveJob(models(together, 1, LONG), "apple")) {
            for (int i = 0; i < 10; i++) {
                job.ask("good-" + i, "'query':'apple','documents':['no " + i + "','apple " + i + "']");
            }
            job.ask("bad", "'query':'apple pie','documents':['POISON','pie','NAN','apple pie']");

            assertThat(job.answer("bad").degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
            assertThat(job.answer("bad").results()).extracting(Hit::index).containsExactly(3, 1, 0, 2);
            assertThat(job.answer("bad").results())
                    .filteredOn(hit -> hit.relevanceScore() == null)
                    .extracting(Hit::index)
                    .containsExactly(0, 2);
            for (int i = 0; i < 10; i++) {
                assertRankedInFull(job.answer("good-" + i), 1, 0);
            }
        }
    }

    @Test
    void aQueryThatTheEmbedderCannotDoIsAnsweredWithTheReason() throws Exception {
        try (LiveJob job = new LiveJob(models(BatchPolicy.defaults(), 1, LONG), "blue sky", "apple pie")) {
            job.ask("throws", "'query':'POISON apple'");
            job.ask("no-number", "'query':'NAN apple'");
            job.ask("good", "'query':'apple pie'");

            assertThat(job.answer("throws").degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
            assertThat(job.answer("no-number").degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
            assertThat(job.answer("good").degraded()).isFalse();
            assertThat(job.answer("good").results().get(0).id()).isEqualTo("d1");
        }
    }

    @Test
    void aQueryThatHangsTheModelIsAnsweredWithTheReasonAndTheModelGoesOn() throws Exception {
        try (LiveJob job = new LiveJob(models(BatchPolicy.defaults(), 1, SHORT), "apple")) {
            for (String id : List.of("hangs", "hangs-again")) {
                job.ask(id, "'query':'apple','documents':['HANG','apple']");

                assertThat(job.answer(id).degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
                assertThat(job.answer(id).results()).extracting(Hit::index).containsExactly(0, 1);
                assertThat(job.answer(id).results())
                        .extracting(Hit::relevanceScore)
                        .containsOnlyNulls();
            }
            job.ask("later", "'query':'apple','documents':['no','apple']"); // they still hang
            assertRankedInFull(job.answer("later"), 1, 0);
        }
    }

    @Test
    void allQueriesOfABatchThatHangsAreAnsweredWithTheReasonAndNoneIsLost() throws Exception {
        BatchPolicy together = new BatchPolicy(1 << 16, 64, Duration.ofSeconds(1), 1, 1 << 20);
        try (LiveJob job = new LiveJob(models(together, 1, SHORT), "apple")) {
            job.ask("bad", "'query':'apple','documents':['HANG','apple pie']");
            for (int i = 0; i < 10; i++) {
                job.ask("good-" + i, "'query':'apple','documents':['no " + i + "','apple " + i + "']");
            }

            assertThat(job.answer("bad").degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
            for (int i = 0; i < 10; i++) {
                assertThat(job.answer("good-" + i).results())
                        .extracting(Hit::index)
                        .containsExactlyInAnyOrder(0, 1);
            }
            job.ask("later", "'query':'apple','documents':['no','apple']");
            assertRankedInFull(job.answer("later"), 1, 0);
        }
    }

    @Test
    void aModelThatHasLostAllItsRunsIsOpenedAnew() throws Exception {
        try (LiveJob job = LiveJob.restarting(models(BatchPolicy.defaults(), 1, SHORT), "apple")) {
            for (int i = 0; i < 4; i++) {
                job.ask("hangs-" + i, "'query':'apple','documents':['HANG " + i + "','apple " + i + "']");
                assertThat(job.answer("hangs-" + i).degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
            }
            job.ask("last-straw", "'query':'apple','documents':['no','apple']"); // its task fails
            await().untilAsserted(() -> assertThat(OverlapCrossEncoder.OPEN).hasValue(2));

            job.ask("later", "'query':'apple','documents':['no','apple']");
            assertRankedInFull(job.answer("later"), 1, 0);
        }
    }

    @Test
    void aModelThatIsSlowForAWhileCostsThoseAloneWhoCannotWait() throws Exception {
        try (LiveJob job = new LiveJob(models(BatchPolicy.defaults(), 1, LONG), "apple")) {
            job.ask("first", "'query':'apple'");
            assertRankedInFull(job.answer("first"), 0); // from here on a second is long
            job.ask("hurried", "'query':'apple','documents':['HANG','apple'],'timeout_ms':1000");
            FakeWords.awaitHang();
            job.ask("patient", "'query':'apple','documents':['no','apple']");

            assertThat(job.answer("hurried").degradedReason()).isEqualTo(DegradedReason.TIMEOUT);
            assertThat(job.answer("hurried").results()).extracting(Hit::index).containsExactly(0, 1);

            FakeWords.release();
            assertRankedInFull(job.answer("patient"), 1, 0);
            job.ask("later", "'query':'apple','timeout_ms':60000");
            assertRankedInFull(job.answer("later"), 0);
        }
    }

    private static void assertRankedInFull(RankedResult answer, Integer... indexes) {
        assertThat(answer.degradedReason()).isNull();
        assertThat(answer.results()).extracting(Hit::index).containsExactly(indexes);
        assertThat(answer.results()).extracting(Hit::relevanceScore).doesNotContainNull();
    }

    private static Models models(BatchPolicy reranking, int workers, Duration runTimeout) {
        return new Models(
                HashingEmbedder.factory(),
                OverlapCrossEncoder.factory(),
                null,
                BatchPolicy.defaults(),
                reranking,
                PairPolicy.defaults(),
                workers,
                runTimeout);
    }
}
