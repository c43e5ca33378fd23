// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.local.cluster.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job ends without warning while queries are in flight, and goes on from its last checkpoint. */
class RecoveryITCase {
    private static final int DOCUMENTS = 40;
    private static final int QUERIES = 150;

    @Test
    void everyQueryIsAnsweredOnceAndTheCorpusIsStillThere(@TempDir Path checkpoints) throws Exception {
        Map<String, String> settings = Map.of(
                "delivery",
                "exactly-once",
                "flink.execution.checkpointing.dir",
                checkpoints.toUri().toString(),
                "flink.execution.checkpointing.externalized-checkpoint-retention",
                "RETAIN_ON_CANCELLATION",
                "rerank.timeout", // so that a machine that is busy with other work degrades nothing
                "10 min");
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                RunningJob job = new RunningJob(kafka.bootstrapServers(), settings)) {
            job.createTopics();
            for (int i = 0; i < DOCUMENTS; i++) {
                job.send("documents", "d" + i, """
                        {"id":"d%1$d","text":"Document number %1$d of a few"}""".formatted(i));
            }
            job.flush();
            job.submit();
            ask(job, 0, QUERIES / 2);
            job.awaitAnswers("ranked-results", 10);
            ask(job, QUERIES / 2, QUERIES);
            job.cancel();
            // What is read from here on can only come from the state.
            job.submitFrom(latest(checkpoints));

            job.awaitAnswers("ranked-results", QUERIES);
            job.drain();
            Map<String, JsonNode> answers = job.answers("ranked-results", QUERIES);

            assertThat(answers).hasSize(QUERIES);
            assertThat(answers.values()).allSatisfy(answer -> {
                assertThat(answer.path("degraded").asBoolean()).isFalse();
                assertThat(answer.path("results")).hasSize(5);
            });
        }
    }

    private static void ask(RunningJob job, int from, int to) {
        for (int i = from; i < to; i++) {
            job.send("queries", null, """
                    {"id":"q%1$d","query":"number %1$d","candidates":10,"top_n":5}""".formatted(i));
        }
        job.flush();
    }

    private static Path latest(Path checkpoints) throws IOException {
        try (Stream<Path> files = Files.walk(checkpoints)) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .map(Path::getParent)
                    .max(Comparator.comparingInt(RecoveryITCase::number))
                    .orElseThrow();
        }
    }

    private static int number(Path checkpoint) {
        return Integer.parseInt(checkpoint.getFileName().toString().substring("chk-".length()));
    }
}
