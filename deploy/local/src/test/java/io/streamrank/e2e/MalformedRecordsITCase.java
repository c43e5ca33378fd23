// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.local.cluster.EmbeddedKafka;
import io.streamrank.local.cluster.LocalMetrics;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.flink.api.common.JobStatus;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** On each input topic a thousand records that are wrong in every way, between a thousand good ones. */
class MalformedRecordsITCase {
    private static final int EACH = 1_000;
    /** As many numbers as the embedder gives, so that it has nothing to do. */
    private static final String EMBEDDING = "[1" + ",0".repeat(383) + "]";

    private final Random random = new Random(11);
    private final Map<String, byte[]> bad = new HashMap<>();

    @Test
    void goodOnesAreUsedAndBadOnesBecomeDeadLettersByteForByte() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                RunningJob job =
                        new RunningJob(kafka.bootstrapServers(), Map.of("flink.restart-strategy.type", "disable"))) {
            job.createTopics();
            for (int i = 0; i < EACH; i++) {
                job.send("documents", "good-" + i, document("good-" + i) + ",\"embedding\":" + EMBEDDING + "}");
                sendBad(job, "documents", i, badDocument(i));
                job.send("queries", null, """
                        {"id":"good-%1$d","query":"apple","documents":["pear %1$d"]}""".formatted(i));
                sendBad(job, "queries", i, badQuery(i));
            }
            job.flush();
            job.submit();
            job.awaitAnswers("ranked-results", EACH);
            List<ConsumerRecord<byte[], byte[]>> letters = job.read("dead-letters", 2 * EACH);
            Awaitility.await()
                    .atMost(RunningJob.PATIENCE)
                    .until(() -> LocalMetrics.sum("corpus.documents") == 2 * EACH);
            assertThatTheSumsHold(letters);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);

            job.drain();

            assertThat(job.answers("ranked-results", EACH)).hasSize(EACH);
            assertThatEachIsThereAsItWas(job.read("dead-letters", 2 * EACH));
        }
    }

    private void sendBad(RunningJob job, String topic, int i, byte[] value) {
        String key = topic + '-' + i;
        bad.put(key, value);
        job.send(topic, key, value, trace(key));
    }

    private static Header trace(String key) {
        return new RecordHeader("trace", bytes(key));
    }

    private void assertThatEachIsThereAsItWas(List<ConsumerRecord<byte[], byte[]>> letters) {
        Set<String> seen = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> letter : letters) {
            String key = new String(letter.key(), StandardCharsets.UTF_8);
            assertThat(seen.add(key)).as("%s is there once", key).isTrue();
            assertThat(Arrays.equals(letter.value(), bad.get(key)))
                    .as("value of %s", key)
                    .isTrue();
            assertThat(letter.headers().toArray()[0]).isEqualTo(trace(key));
            assertThat(header(letter, "topic")).isEqualTo(key.substring(0, key.indexOf('-')));
            assertThat(header(letter, "exception.message")).isNotBlank();
        }
        assertThat(seen).isEqualTo(bad.keySet());
    }

    /** What docs/metrics.md promises, of the two subtasks of each operator. */
    private static void assertThatTheSumsHold(List<ConsumerRecord<byte[], byte[]>> letters) {
        assertThat(LocalMetrics.sum("queries.received"))
                .isEqualTo(2 * EACH)
                .isEqualTo(LocalMetrics.sum("queries.ranked")
                        + LocalMetrics.sum("queries.degraded")
                        + count(letters, "decode-queries"));
        assertThat(LocalMetrics.sum("documents.received"))
                .isEqualTo(2 * EACH)
                .isEqualTo(LocalMetrics.sum("documents.admitted")
                        + LocalMetrics.sum("documents.unchanged")
                        + count(letters, "decode-documents")
                        + count(letters, "admit-documents"));
        assertThat(LocalMetrics.sum("deadLetters")).isEqualTo(letters.size());
        assertThat(count(letters, "embed-documents")).isPositive();
        assertThat(LocalMetrics.max("corpus.documents")).isEqualTo(EACH);
        assertThat(LocalMetrics.max("engine.scoreCacheMisses"))
                .isGreaterThanOrEqualTo(LocalMetrics.max("engine.items"))
                .isPositive();
    }

    private static long count(List<ConsumerRecord<byte[], byte[]>> letters, String stage) {
        return letters.stream()
                .filter(letter -> header(letter, "stage").equals(stage))
                .count();
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(
                letter.headers().lastHeader("__connect.errors." + name).value(), StandardCharsets.UTF_8);
    }

    private byte[] badDocument(int i) {
        String document = document("documents-" + i);
        return switch (i % 16) {
            case 0 -> bytes(document); // truncated
            case 1 -> bytes(document + ",\"fields\":{\"title\":[]}}");
            case 2 -> bytes("{\"id\":\"documents-" + i + "\",\"text\":5}");
            case 3 -> bytes("{\"id\":\"documents-" + i + "\"}");
            case 4 -> bytes("{\"id\":\"documents-" + i + "\",\"text\":\" \"}");
            case 5 -> bytes(document + ",\"embedding\":[1,NaN]}");
            case 6 -> bytes(document + ",\"embedding\":[0,0]}");
            case 7 -> bytes(document + ",\"embedding\":[1,2,3]}"); // another dimension
            case 8 -> binary(1 + random.nextInt(2_000));
            case 9 -> new byte[0];
            case 10 -> bytes(document("another") + "}");
            case 11 -> bytes("[".repeat(5_000));
            case 12 -> bytes(document + ",\"collection\":\"a/b\"}");
            case 13 -> bytes(document + ",\"metadata\":{\"a\":1e999}}");
            case 14 -> bytes(document + ",\"more\":\"" + "a".repeat(i % 64 == 14 ? 3 << 20 : 1 << 20) + "\"}");
            default -> bytes(document + "} and more");
        };
    }

    private static String document(String id) {
        return "{\"id\":\"" + id + "\",\"text\":\"apple\"";
    }

    private byte[] badQuery(int i) {
        String query = "{\"id\":\"bad-" + i + "\",\"query\":\"apple\"";
        return switch (i % 16) {
            case 0 -> bytes(query); // truncated
            case 1 -> bytes(query + ",\"top_n\":\"three\"}");
            case 2 -> bytes(query + ",\"top_n\":1e999}");
            case 3 -> bytes(query + ",\"candidates\":99999999999999999999999999}");
            case 4 -> bytes(query + ",\"candidates\":-5}");
            case 5 -> bytes(query + ",\"min_score\":NaN}");
            case 6 -> binary(1 + random.nextInt(2_000));
            case 7 -> new byte[0];
            case 8 -> null;
            case 9 -> bytes("""
                    {"id":"bad"}""");
            case 10 -> bytes("[" + query + "}]");
            case 11 -> bytes("[".repeat(5_000));
            case 12 -> bytes(query + ",\"filter\":{\"year\":{\"around\":5}}}");
            case 13 -> bytes(query + ",\"documents\":{}}");
            case 14 -> bytes("{\"query\":\"" + "a".repeat(i % 64 == 14 ? 3 << 20 : 20_000) + "\"}");
            default -> bytes(query + "} and more");
        };
    }

    /** Never valid UTF-8: starts with a continuation byte. */
    private byte[] binary(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        bytes[0] = (byte) 0x80;
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
