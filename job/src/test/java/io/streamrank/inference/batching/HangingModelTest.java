// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import static io.streamrank.inference.batching.EchoModel.get;
import static io.streamrank.inference.batching.EchoModel.policy;
import static io.streamrank.inference.batching.EchoModel.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of texts that hang a model, and of those beside them. */
class HangingModelTest {
    private static final RunTimeouts IMPATIENT = new RunTimeouts(Duration.ofMillis(50), Duration.ofMillis(200));

    @Test
    void whatHangsAloneIsGivenUpAndBlamedAndTheOthersGoOn() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), IMPATIENT)) {
            InferenceTask<Integer> hung = task(EchoModel.HANG, 4);
            batcher.submit(List.of(hung));
            assertBlamed(hung);
            InferenceTask<Integer> next = task(1, 4);
            batcher.submit(List.of(next));
            assertThat(get(next.result())).isEqualTo(1);
            model.hang.countDown();
        }
    }

    @Test
    void ofABatchThatHangsTheCulpritAloneIsBlamedAndCostsTwoRunsHoweverOftenItIsAskedFor() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(2), IMPATIENT)) {
            for (int round = 0; round < 3; round++) {
                InferenceTask<Integer> hung = task(EchoModel.HANG, 4);
                List<InferenceTask<Integer>> innocent =
                        IntStream.range(0, 8).mapToObj(id -> task(id, 4)).toList();
                List<InferenceTask<Integer>> batch = new ArrayList<>(innocent);
                batch.add(3, hung);
                batcher.submit(batch);
                for (InferenceTask<Integer> task : innocent) {
                    assertThat(get(task.result())).isEqualTo(task.encoding().ids()[0]);
                }
                assertBlamed(hung);
                assertThat(model.hangs).hasValue(2);
            }
            assertThat(batcher.isUsable()).isTrue();
            model.hang.countDown();
        }
    }

    @Test
    void whatIsBeingRunIsInNoOtherBatch() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(4), IMPATIENT)) {
            List<InferenceTask<Integer>> hung = new ArrayList<>();
            for (int id = 0; id < 4; id++) { // as someone does who asks again and again
                InferenceTask<Integer> again = task(EchoModel.HANG, 4);
                InferenceTask<Integer> other = task(id, 4);
                batcher.submit(List.of(again, other));
                hung.add(again);
                model.arrived.await();
            }
            for (InferenceTask<Integer> task : hung) {
                assertBlamed(task);
            }
            assertThat(model.hangs).hasValue(2);
            model.hang.countDown();
        }
    }

    @Test
    void aSuspectRemainsOneWhenItsCallerHasGone() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), IMPATIENT)) {
            InferenceTask<Integer> gone = task(EchoModel.HANG, 4);
            InferenceTask<Integer> patient = task(1, 4);
            batcher.submit(List.of(gone, patient));
            model.arrived.await();
            gone.result().cancel(false);
            assertThat(get(patient.result())).isEqualTo(1);
            assertThat(model.hangs).hasValue(1);

            InferenceTask<Integer> again = task(EchoModel.HANG, 4);
            InferenceTask<Integer> other = task(2, 4);
            batcher.submit(List.of(again, other));
            assertThat(get(other.result())).isEqualTo(2);
            assertBlamed(again);
            assertThat(model.hangs).hasValue(2);
            model.hang.countDown();
        }
    }

    @Test
    void whatComesBackAfterAllIsRunAgain() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), IMPATIENT)) {
            InferenceTask<Integer> slow = task(EchoModel.HANG, 4);
            batcher.submit(List.of(slow));
            assertBlamed(slow);
            model.hang.countDown();
            await().ignoreExceptions().until(() -> {
                InferenceTask<Integer> again = task(EchoModel.HANG, 4);
                batcher.submit(List.of(again));
                return get(again.result()) == EchoModel.HANG;
            });
        }
    }

    @Test
    void whenItHasLostAllRunsThatItMayItSaysSoInsteadOfQueueing() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), IMPATIENT)) {
            for (int tokens = 4; tokens < 8; tokens++) {
                assertThat(batcher.isUsable()).isTrue();
                InferenceTask<Integer> hung = task(EchoModel.HANG, tokens);
                batcher.submit(List.of(hung));
                assertBlamed(hung);
            }
            assertThatThrownBy(() -> batcher.submit(List.of(task(1, 4))))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessage("Model echo hangs: as many runs as it may lose have each taken more than 50 ms; load it"
                            + " again, with smaller batches if it happens again.");
            assertThat(batcher.isUsable()).isFalse();
            model.hang.countDown();
        }
    }

    private static void assertBlamed(InferenceTask<Integer> task) {
        assertThatThrownBy(() -> get(task.result()))
                .cause()
                .isExactlyInstanceOf(InferenceException.class)
                .hasMessage(
                        "Model echo hangs on a text of " + task.tokens() + " tokens: a run of it alone has taken more"
                                + " than 50 ms, so it is not run again; leave it out, or allow runs more time.");
    }
}
