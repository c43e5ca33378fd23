// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelOutOfReachException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.SerializedThrowable;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;

class CausesTest {
    private final IOException deepest = new IOException("Unexpected end-of-input\n at [Source: …]");

    @Test
    void tellsTheOutermostSentenceThatWasWrittenForTheUser() {
        ModelException inner = new ModelException("inner", deepest);
        Exception failure = new FlinkRuntimeException("Job failed", new ModelException("the model is damaged", inner));

        assertThat(Causes.told(failure)).isEqualTo(new Causes.Told("the model is damaged", 2));
        assertThat(Causes.told(new IllegalStateException("odd", new InputException("no such file"))))
                .isEqualTo(new Causes.Told("no such file", 2));
    }

    @Test
    void findsItInWhatFlinkPackedUp() {
        Exception failure =
                new FlinkRuntimeException("Job failed", new ModelException("the model is damaged", deepest));

        assertThat(Causes.told(new Exception(new SerializedThrowable(failure))))
                .isEqualTo(new Causes.Told("the model is damaged", 2));
    }

    @Test
    void knowsByItsNameWhatCannotBeUnpacked() {
        ModelException stuck = new ModelException("the model is damaged", new Unpackable());

        assertThat(Causes.told(new SerializedThrowable(stuck))).isEqualTo(new Causes.Told("the model is damaged", 2));
        assertThat(Causes.told(new SerializedThrowable(new IllegalStateException(stuck))))
                .isEqualTo(new Causes.Told("the model is damaged", 2));
    }

    @Test
    void aModelThatIsOutOfReachIsNobodysWrongInput() {
        assertThat(Causes.told(new Exception(new ModelOutOfReachException("the hub does not answer", deepest))))
                .isEqualTo(new Causes.Told("the hub does not answer", 1));
    }

    @Test
    void tellsNothingOfOtherFailuresButTheFirstLineOfTheDeepest() {
        Exception failure = new IllegalStateException("outer", deepest);

        assertThat(Causes.told(failure)).isNull();
        assertThat(Causes.root(failure)).isEqualTo("Unexpected end-of-input");
        assertThat(Causes.root(new IllegalStateException(new NullPointerException())))
                .isEqualTo("NullPointerException");
        assertThat(Causes.root(new SerializedThrowable(failure))).isEqualTo("Unexpected end-of-input");
    }

    @Test
    void saysWhatIsWrongWithAFileOfWhichJavaOnlyGivesTheName() {
        assertThat(Causes.root(new UncheckedIOException(new AccessDeniedException("out.jsonl"))))
                .isEqualTo("out.jsonl may not be read or written: change its permissions");
        assertThat(Causes.root(new NoSuchFileException("out.jsonl"))).isEqualTo("out.jsonl does not exist");
        assertThat(Causes.root(new FileSystemException("out.jsonl", null, "No space left on device")))
                .isEqualTo("out.jsonl: No space left on device");
    }

    @Test
    void knowsWhatTheUserStopped() {
        assertThat(Causes.interrupted(new IOException(new InterruptedException())))
                .isTrue();
        assertThat(Causes.interrupted(new InterruptException("poll"))).isTrue();
        assertThat(Thread.interrupted()).isTrue(); // Kafka's exception sets the flag again
        assertThat(Causes.interrupted(deepest)).isFalse();
    }

    /** What holds something that cannot be serialised, as exceptions of some clients do. */
    private static final class Unpackable extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Object kept = new Object();
        private final Object[] things = {kept};

        @Override
        public String getMessage() {
            return things.length + " thing";
        }
    }
}
