// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Header;
import io.streamrank.event.Hit;
import io.streamrank.event.Origin;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import io.streamrank.testing.Fuzz;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Whatever the headers of a query say, its answer goes where it may and where it fits, in a partition that is there. */
class ReplyFuzzTest {
    private static final Map<String, TopicMetadata> TOPICS = Map.of(
            "ranked-results", new TopicMetadata(3, 1_000_000, false),
            "answers", new TopicMetadata(2, 900, true),
            "queries", new TopicMetadata(3, 1_000_000, false),
            "dead-letters", new TopicMetadata(3, 1_000_000, false),
            "__consumer_offsets", new TopicMetadata(50, 1_000_000, true));

    private final Fuzz fuzz = new Fuzz();
    private final ResultSerializationSchema schema =
            new ResultSerializationSchema(Configs.replyingTo("b:1", "*"), TOPICS::get);
    private final RecordSizeLimit size = RecordSizeLimit.of(ClientProperties.producer(Configs.plain()));
    private int sentBack;

    @Test
    void answersOnlyWhereItMay() {
        Fuzz.each(i -> answer(i % 3 == 0 ? null : fuzz.damaged(new byte[12]), headers()));

        assertThat(sentBack).isBetween(Fuzz.INPUTS / 50, Fuzz.INPUTS - Fuzz.INPUTS / 50);
    }

    private void answer(byte[] key, List<Header> headers) {
        Origin origin = new Origin("queries", 1, 2, 0, 0, key, headers);
        List<Hit> hits = Collections.nCopies(fuzz.random().nextInt(20), new Hit(0, "d", 0.5, null, null, null));
        ProducerRecord<byte[], byte[]> record = schema.serialize(
                new RankedResult(origin, "q", "q", "m", hits, null, new Usage(0, 0, 0), new Timing(0, 0, 0, 0, 0)),
                null,
                null);

        TopicMetadata metadata = TOPICS.get(record.topic());
        assertThat(record.topic()).isIn("ranked-results", "answers");
        assertThat(record.partition() == null || record.partition() < metadata.partitions())
                .isTrue();
        assertThat(record.value().length)
                .isLessThanOrEqualTo(size.roomForValue(metadata, record.key(), record.headers()));
        assertThat(record.key() != null || !metadata.compacted()).isTrue();
        assertThat(record.headers().toArray()).hasSize(headers.size());
        sentBack += record.topic().equals("answers") ? 1 : 0;
    }

    private List<Header> headers() {
        List<String> names = List.copyOf(TOPICS.keySet().stream().sorted().toList());
        List<Header> headers = new ArrayList<>();
        for (int i = fuzz.random().nextInt(3); i >= 0; i--) {
            String topic = names.get(fuzz.random().nextInt(names.size()));
            boolean whole = fuzz.random().nextBoolean();
            headers.add(new Header(
                    "kafka_replyTopic", whole ? topic.getBytes(UTF_8) : fuzz.damaged(topic.getBytes(UTF_8))));
            byte[] partition = ByteBuffer.allocate(Integer.BYTES)
                    .putInt(fuzz.random().nextInt(4) - 1)
                    .array();
            headers.add(new Header("kafka_replyPartition", whole ? partition : fuzz.damaged(partition)));
        }
        headers.add(new Header("more", new byte[fuzz.random().nextInt(400)]));
        return headers;
    }
}
