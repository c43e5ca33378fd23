// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobMonitorTest {
    private final AtomicLong clock = new AtomicLong();
    private final AtomicReference<CompletableFuture<byte[]>> reply = new AtomicReference<>(new CompletableFuture<>());
    private final JobMonitor monitor = new JobMonitor((id, query, patience) -> reply.get(), clock::get);

    @AfterEach
    void close() {
        monitor.close();
    }

    @Test
    void knowsNothingAtFirst() {
        assertThat(monitor.status()).isEqualTo(new JobStatus(null, "unknown", null, null));
    }

    @Test
    void aProbeLearnsTheModelAndTheRoundTrip() {
        monitor.probe();
        clock.set(12_000_000);
        reply.get().complete("{\"model\":\"m\",\"results\":[]}".getBytes(UTF_8));

        assertThat(monitor.status()).isEqualTo(new JobStatus("m", "answers", 0L, 12L));

        clock.set(2_012_000_000);
        assertThat(monitor.status().ageMs()).isEqualTo(2_000);
    }

    @Test
    void aJobThatDoesNotAnswerInTimeIsSilentUntilItAnswers() {
        monitor.ended(null, new RequestException(Problem.TIMEOUT, "late"));
        assertThat(monitor.status().state()).isEqualTo("silent");

        monitor.ended(new JobAnswer(JsonNodeFactory.instance.objectNode().put("model", "m")), null);
        assertThat(monitor.status().state()).isEqualTo("answers");
    }

    @Test
    void whatIsWrongWithARequestSaysNothingOfTheJob() {
        monitor.ended(null, new RequestException(Problem.INVALID_REQUEST, "wrong"));

        assertThat(monitor.status().state()).isEqualTo("unknown");
    }
}
