// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.model.ModelException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class SameEmbedderCheckTest {
    @Test
    void tellsWhatTheModelSaysWithoutTheNameOfAClass() {
        ModelException failure = new ModelException("the model is damaged");

        assertThat(SameEmbedderCheck.problem(failure)).isEqualTo("the model is damaged");
        assertThat(SameEmbedderCheck.problem(new ExecutionException(failure))).isEqualTo("the model is damaged");
        assertThat(SameEmbedderCheck.problem(new ExecutionException(new IllegalStateException("out of memory"))))
                .isEqualTo("out of memory");
    }
}
