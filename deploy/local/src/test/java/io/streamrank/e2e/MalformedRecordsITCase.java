// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.local.cluster.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.JobStatus;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** A thousand records that are wrong in every way, between a thousand good ones. */
class MalformedRecordsITCase {
    private static final int EACH = 1_000;

    private final Random random = new Random(11);

    @Test
    void goodOnesAreAnsweredAndBadOnesBecomeDeadLettersByteForByte() throws Exception {
        List<byte[]> bad = new ArrayList<>();
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                RunningJob job =
                        new RunningJob(kafka.bootstrapServers(), Map.of("flink.restart-strategy.type", "disable"))) {
            job.createTopics();
            for (int i = 0; i < EACH; i++) {
                job.send(
                        "queries",
                        null,
                        "{\"id\":\"good-" + i + "\",\"query\":\"apple\",\"documents\":[\"pear " + i + "\"]}");
                byte[] value = malformed(i);
                bad.add(value);
                job.send("queries", "bad-" + i, value);
            }
            job.flush();
            job.submit();

            assertThat(job.answers("ranked-results", EACH)).hasSize(EACH);
            List<ConsumerRecord<byte[], byte[]>> letters = job.read("dead-letters", EACH);
            assertThat(letters).hasSize(EACH);
            for (ConsumerRecord<byte[], byte[]> letter : letters) {
                int i = Integer.parseInt(new String(letter.key(), StandardCharsets.UTF_8).substring("bad-".length()));
                assertThat(Arrays.equals(letter.value(), bad.get(i)))
                        .as("value of bad-%d", i)
                        .isTrue();
                assertThat(letter.headers()
                                .lastHeader("__connect.errors.exception.message")
                                .value())
                        .isNotEmpty();
            }
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
    }

    private byte[] malformed(int i) {
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
            case 9 -> bytes("{\"id\":\"bad\"}");
            case 10 -> bytes("[" + query + "}]");
            case 11 -> bytes("[".repeat(5_000));
            case 12 -> bytes(query + ",\"filter\":{\"year\":{\"around\":5}}}");
            case 13 -> bytes(query + ",\"documents\":[]}");
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
