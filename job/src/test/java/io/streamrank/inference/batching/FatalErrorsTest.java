// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import static io.streamrank.inference.batching.EchoModel.NEVER;
import static io.streamrank.inference.batching.EchoModel.get;
import static io.streamrank.inference.batching.EchoModel.policy;
import static io.streamrank.inference.batching.EchoModel.submit;
import static io.streamrank.inference.batching.EchoModel.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.workers.Priority;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What breaks the JVM breaks the model, not a text. */
class FatalErrorsTest {
    private static final RunTimeouts LONG = new RunTimeouts(Duration.ofMinutes(5), Duration.ofSeconds(30));
    private static final String OUT_OF_MEMORY =
            "Model echo met java.lang.OutOfMemoryError: Java heap space, which is no fault of the text; it has to be loaded"
                    + " anew, with more memory or other libraries if it happens again.";

    @Test
    void withoutMemoryForARunAllWhoWaitAreToldAndTheModelIsNotUsable() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), LONG)) {
            FutureTask<Integer> running = task(EchoModel.HANG, 4);
            submit(batcher, List.of(running));
            model.arrived.await();
            List<FutureTask<Integer>> waiting = List.of(task(1, 60), task(EchoModel.FATAL, 60), task(2, 4));
            submit(batcher, waiting);
            model.hang.countDown();
            for (FutureTask<Integer> task : waiting) {
                assertThatThrownBy(() -> get(task.result()))
                        .cause()
                        .isInstanceOf(UnavailableException.class)
                        .hasMessage(OUT_OF_MEMORY)
                        .hasCauseInstanceOf(OutOfMemoryError.class);
            }
            assertThat(get(running.result())).isEqualTo(EchoModel.HANG);
            assertThat(batcher.isUsable()).isFalse();
            assertThatThrownBy(() -> submit(batcher, List.of(task(1, 4)))).hasMessage(OUT_OF_MEMORY);
        }
        assertThat(model.closed).hasValue(1);
    }

    @Test
    void aLibraryThatCannotBeLinkedWhileTokenisingBreaksTheModel() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), LONG)) {
            CompletableFuture<Integer> caller = new CompletableFuture<>();
            batcher.tokenize(new TokenizationTask(1, 4, Priority.RERANKING, NEVER, caller, () -> {
                throw new UnsatisfiedLinkError("no tokenizers in java.library.path");
            }));
            assertThatThrownBy(() -> get(caller))
                    .hasCauseInstanceOf(UnavailableException.class)
                    .hasRootCauseInstanceOf(UnsatisfiedLinkError.class);
            assertThat(batcher.isUsable()).isFalse();
        }
    }

    @Test
    void whatElseATextDoesToTheTokenizerIsToldToItsCallerAlone() throws Exception {
        EchoModel model = new EchoModel();
        try (Batcher<Integer> batcher = model.batcher(policy(1), LONG)) {
            CompletableFuture<Integer> caller = new CompletableFuture<>();
            batcher.tokenize(new TokenizationTask(1, 4, Priority.RERANKING, NEVER, caller, () -> {
                throw new StackOverflowError("nested too deeply");
            }));
            assertThatThrownBy(() -> get(caller))
                    .hasMessageContaining(
                            "The text could not be tokenised: java.lang.StackOverflowError: nested too deeply");
            assertThat(batcher.isUsable()).isTrue();
        }
    }
}
