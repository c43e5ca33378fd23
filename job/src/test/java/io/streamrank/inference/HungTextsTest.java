// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.batching.HungException;
import io.streamrank.inference.batching.TestHungException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ItemFailedException;
import io.streamrank.inference.model.UnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which text is tried when, and what becomes of it; the test is the model. */
class HungTextsTest {
    private final HungException together = TestHungException.together();
    private final HungException alone = TestHungException.alone();

    private final Queue<Run> runs = new ArrayDeque<>();
    private final HungTexts hung = new HungTexts("m", Duration.ofMillis(50), text -> {
        Run run = new Run(text, new CompletableFuture<>());
        runs.add(run);
        return run.vector;
    });

    private record Run(String text, CompletableFuture<float[]> vector) {}

    @Test
    void eachIsTriedAloneOnceTheModelDoesAnotherText() {
        CompletableFuture<float[]> first = add("first", together);
        CompletableFuture<float[]> second = add("second", together);
        comesBack(HungTexts.PROBE, 0);
        comesBack("first", 1);
        assertThat(first).isCompletedWithValueMatching(vector -> vector[0] == 1);
        assertThat(second).isNotDone();
        comesBack(HungTexts.PROBE, 0);
        comesBack("second", 2);
        assertThat(second).isCompletedWithValueMatching(vector -> vector[0] == 2);
        assertThat(runs).isEmpty();
    }

    @Test
    void aTextThatHangsTwoRunsOfItsOwnFailsIfTheModelThenDoesAnotherText() {
        CompletableFuture<float[]> guilty = add("guilty", together);
        CompletableFuture<float[]> innocent = add("innocent", together);
        comesBack(HungTexts.PROBE, 0);
        fails("guilty", alone);
        comesBack(HungTexts.PROBE, 0);
        fails("guilty", alone);
        assertThat(guilty).isNotDone();
        comesBack(HungTexts.PROBE, 0);
        assertThatThrownBy(guilty::join)
                .cause()
                .isExactlyInstanceOf(ItemFailedException.class)
                .hasMessage("Model m hangs on this text: in 2 runs of its own it has taken more than 50 ms each, and"
                        + " another text after them has not; leave out what hangs it, or allow runs more time.");
        comesBack(HungTexts.PROBE, 0);
        comesBack("innocent", 1);
        assertThat(innocent).isCompleted();
    }

    @Test
    void aFirstRunThatItHadForItselfCounts() {
        CompletableFuture<float[]> guilty = add("guilty", alone);
        comesBack(HungTexts.PROBE, 0);
        fails("guilty", alone);
        comesBack(HungTexts.PROBE, 0);
        assertThat(guilty).isCompletedExceptionally();
    }

    @Test
    void whileTheModelHangsOnTheOtherTextTooNoTextIsBlamed() {
        CompletableFuture<float[]> innocent = add("innocent", alone);
        for (int i = 0; i < 10; i++) {
            fails(HungTexts.PROBE, alone);
        }
        comesBack(HungTexts.PROBE, 0);
        comesBack("innocent", 1);
        assertThat(innocent).isCompletedWithValueMatching(vector -> vector[0] == 1);
    }

    @Test
    void ifTheModelIsNotUsableAnyMoreAllAreToldThat() {
        CompletableFuture<float[]> first = add("first", together);
        CompletableFuture<float[]> second = add("second", together);
        fails(HungTexts.PROBE, new UnavailableException("lost"));
        assertThatThrownBy(first::join).hasCauseInstanceOf(UnavailableException.class);
        assertThatThrownBy(second::join).hasCauseInstanceOf(UnavailableException.class);
        CompletableFuture<float[]> later = add("later", together);
        comesBack(HungTexts.PROBE, 0);
        fails("later", new UnavailableException("closed"));
        assertThatThrownBy(later::join)
                .hasCauseInstanceOf(UnavailableException.class)
                .hasMessageContaining("closed");
        assertThat(runs).isEmpty();
    }

    @Test
    void anotherFailureIsTheTextsOwnAndOneOfTheOtherTextShowsThatTheModelComesBack() {
        CompletableFuture<float[]> poison = add("poison", together);
        fails(HungTexts.PROBE, new ItemFailedException("no"));
        fails("poison", new ItemFailedException("it met POISON"));
        assertThatThrownBy(poison::join)
                .hasCauseInstanceOf(ItemFailedException.class)
                .hasMessageContaining("POISON");
        assertThat(runs).isEmpty();
    }

    private CompletableFuture<float[]> add(String text, HungException first) {
        CompletableFuture<float[]> vector = new CompletableFuture<>();
        hung.add(text, vector, first);
        return vector;
    }

    private void comesBack(String text, float value) {
        only(text).complete(new float[] {value});
    }

    private void fails(String text, InferenceException why) {
        only(text).completeExceptionally(why);
    }

    /** Takes the one run that there is, which has to be of that text. */
    private CompletableFuture<float[]> only(String text) {
        assertThat(runs).extracting(Run::text).containsExactly(text);
        return runs.remove().vector;
    }
}
