// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import static io.streamrank.inference.batching.EchoModel.get;
import static io.streamrank.inference.batching.EchoModel.policy;
import static io.streamrank.inference.batching.EchoModel.submit;
import static io.streamrank.inference.batching.EchoModel.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamrank.inference.model.UnavailableException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of texts that hang a model, and of those beside them. */
class HangingModelTest {
    private static final RunTimeouts SHORT = new RunTimeouts(Duration.ofMillis(50), Duration.ofMillis(200));

    @Test
    void aRunThatHangsIsGivenUpAndTheOthersGoOn() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), SHORT)) {
            FutureTask<Integer> hung = task(EchoModel.HANG, 4);
            submit(batcher, List.of(hung));
            assertHangs(hung, "a text of 4 tokens");
            FutureTask<Integer> next = task(1, 4);
            submit(batcher, List.of(next));
            assertThat(get(next.result())).isEqualTo(1);
            model.hang.countDown();
        }
    }

    @Test
    void ofABatchThatHangsAllAreToldAndTheModelGoesOn() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), SHORT)) {
            List<FutureTask<Integer>> batch = List.of(task(1, 4), task(EchoModel.HANG, 4), task(2, 4));
            submit(batcher, batch);
            for (FutureTask<Integer> task : batch) {
                assertHangs(task, "a run of 3 texts, of which this is one");
            }
            assertThat(model.hangs).hasValue(1);
            assertThat(batcher.isUsable()).isTrue();
            model.hang.countDown();
        }
    }

    @Test
    void whatComesBackAfterAllIsRunAgain() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), SHORT)) {
            FutureTask<Integer> slow = task(EchoModel.HANG, 4);
            submit(batcher, List.of(slow));
            assertHangs(slow, "a text of 4 tokens");
            model.hang.countDown();
            await().ignoreExceptions().until(() -> {
                FutureTask<Integer> again = task(EchoModel.HANG, 4);
                submit(batcher, List.of(again));
                return get(again.result()) == EchoModel.HANG;
            });
        }
    }

    @Test
    void whenItHasLostAllRunsThatItMayItSaysSoInsteadOfQueueing() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), SHORT)) {
            for (int tokens = 4; tokens < 8; tokens++) {
                assertThat(batcher.isUsable()).isTrue();
                FutureTask<Integer> hung = task(EchoModel.HANG, tokens);
                submit(batcher, List.of(hung));
                assertHangs(hung, "a text of " + tokens + " tokens");
            }
            assertThatThrownBy(() -> submit(batcher, List.of(task(1, 4))))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessage("Model echo hangs: as many runs as it may lose have each taken more than 50 ms; load it"
                            + " again, with smaller batches if it happens again.");
            assertThat(batcher.isUsable()).isFalse();
            model.hang.countDown();
        }
    }

    private static void assertHangs(FutureTask<Integer> task, String where) {
        assertThatThrownBy(() -> get(task.result()))
                .cause()
                .isExactlyInstanceOf(HungException.class)
                .hasMessage(
                        "Model echo hangs on " + where + ": it has taken more than 50 ms and was given up; leave out"
                                + " what hangs it, or allow runs more time.");
    }
}
