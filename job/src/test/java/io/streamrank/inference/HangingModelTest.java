// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import static io.streamrank.inference.EchoModel.get;
import static io.streamrank.inference.EchoModel.policy;
import static io.streamrank.inference.EchoModel.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of texts that hang a model, and of those beside them. */
class HangingModelTest {
    private static final Patience IMPATIENT = new Patience(Duration.ofMillis(50), Duration.ofMillis(200));

    @Test
    void whatHangsAloneIsGivenUpAndBlamedAndTheOthersGoOn() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), IMPATIENT)) {
            Task<Integer> hung = task(EchoModel.HANG, 4);
            batcher.submit(List.of(hung));
            assertBlamed(hung);
            Task<Integer> next = task(1, 4);
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
                Task<Integer> hung = task(EchoModel.HANG, 4);
                List<Task<Integer>> innocent =
                        IntStream.range(0, 8).mapToObj(id -> task(id, 4)).toList();
                List<Task<Integer>> batch = new ArrayList<>(innocent);
                batch.add(3, hung);
                batcher.submit(batch);
                for (Task<Integer> task : innocent) {
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
            List<Task<Integer>> hung = new ArrayList<>();
            for (int id = 0; id < 4; id++) { // as someone does who asks again and again
                Task<Integer> again = task(EchoModel.HANG, 4);
                Task<Integer> other = task(id, 4);
                batcher.submit(List.of(again, other));
                hung.add(again);
                model.arrived.await();
            }
            for (Task<Integer> task : hung) {
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
            Task<Integer> gone = task(EchoModel.HANG, 4);
            Task<Integer> patient = task(1, 4);
            batcher.submit(List.of(gone, patient));
            model.arrived.await();
            gone.result().cancel(false);
            assertThat(get(patient.result())).isEqualTo(1);
            assertThat(model.hangs).hasValue(1);

            Task<Integer> again = task(EchoModel.HANG, 4);
            Task<Integer> other = task(2, 4);
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
            Task<Integer> slow = task(EchoModel.HANG, 4);
            batcher.submit(List.of(slow));
            assertBlamed(slow);
            model.hang.countDown();
            await().ignoreExceptions().until(() -> {
                Task<Integer> again = task(EchoModel.HANG, 4);
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
                Task<Integer> hung = task(EchoModel.HANG, tokens);
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

    private static void assertBlamed(Task<Integer> task) {
        assertThatThrownBy(() -> get(task.result()))
                .cause()
                .isExactlyInstanceOf(InferenceException.class)
                .hasMessage(
                        "Model echo hangs on a text of " + task.tokens() + " tokens: a run of it alone has taken more"
                                + " than 50 ms, so it is not run again; leave it out, or allow runs more time.");
    }
}
