// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Query;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.testing.TestEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ModelErrorsTest {
    private static final Query QUERY = TestEvents.query("apple");

    private final AtomicLong now = new AtomicLong(-5);
    private final List<String> log = new ArrayList<>();
    private final ModelErrors errors = new ModelErrors(now::get, log::add);

    @Test
    void logsTheFirstOfEachKindAndThenAtMostOneAMinuteWithTheCount() {
        for (int tokens = 10; tokens < 13; tokens++) {
            errors.add(QUERY, new InferenceException("failed on a text of " + tokens + " tokens"));
        }
        errors.add(QUERY, new CompletionException(new InferenceException("is no number")));
        now.addAndGet(TimeUnit.MINUTES.toNanos(1));
        errors.add(QUERY, new InferenceException("failed on a text of 99 tokens"));
        errors.add(QUERY, new InferenceException("failed on a text of 100 tokens"));
        String query = "Query " + QUERY.id() + ": ";
        assertThat(log)
                .containsExactly(
                        query + "failed on a text of 10 tokens",
                        query + "is no number",
                        query + "failed on a text of 99 tokens (2 more of this kind since the last in the log)");
    }

    @Test
    void saysOfHowManyCandidatesTheFirstIs() {
        errors.add(QUERY, List.of(score(null), score("no 1"), score(null), score("other")));
        errors.add(QUERY, List.of(score(null)));
        assertThat(log).containsExactly("Query " + QUERY.id() + ", 2 of 4 candidates: no 1");
    }

    @Test
    void whatIsLateOrTooMuchIsNoErrorOfTheModel() {
        errors.add(QUERY, new DeadlineExceededException("late"));
        errors.add(QUERY, new OverloadException("much"));
        errors.add(QUERY, (Throwable) null);
        assertThat(log).isEmpty();
    }

    @Test
    void manyKindsAreOneInTheEnd() {
        for (int i = 0; i < 2 * ModelErrors.KINDS; i++) {
            errors.add(QUERY, new InferenceException("kind " + "x".repeat(i)));
        }
        assertThat(log).hasSize(ModelErrors.KINDS + 1);
    }

    private static PairOutcome score(@Nullable String failure) {
        return failure == null ? new Scored(1, 2, false) : new Failed(failure, 2, false);
    }
}
