// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import io.streamrank.event.Header;
import io.streamrank.event.Hit;
import io.streamrank.event.Origin;
import io.streamrank.event.RankedResult;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Stage;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class SerializationSchemasTest {
    private static final byte[] KEY = {0, -1, 2};
    private static final Map<String, TopicMetadata> TOPICS = Map.of(
            "ranked-results", new TopicMetadata(3, 1_000_000, false),
            "replies.mine", new TopicMetadata(2, 1_000_000, false),
            "answers", new TopicMetadata(1, 2_000, false),
            "replies.newest", new TopicMetadata(1, 1_000_000, true),
            "documents", new TopicMetadata(1, 1_000_000, false),
            "dead-letters", new TopicMetadata(1, 5_000, false));

    private final ResultSerializationSchema results = new ResultSerializationSchema(Configs.plain(), TOPICS::get);
    private final DeadLetterSerializationSchema deadLetters =
            new DeadLetterSerializationSchema(Configs.plain(), TOPICS::get);

    private final ErrorReplySerializationSchema errorReplies =
            new ErrorReplySerializationSchema(Configs.plain(), TOPICS::get);

    @Test
    void theSenderOfARefusedQueryIsToldWhereItWaits() {
        List<Header> headers = List.of(
                reply("replies.mine"),
                new Header("kafka_replyPartition", new byte[] {0, 0, 0, 1}),
                new Header("kafka_correlationId", KEY));

        ProducerRecord<byte[], byte[]> record =
                errorReplies.serialize(refused(Stage.DECODE_QUERIES, "{\"id\":7,\"query\":1}", headers), null, 5L);

        assertThat(record.topic()).isEqualTo("replies.mine");
        assertThat(record.partition()).isEqualTo(1);
        assertThat(record.key()).isEqualTo(KEY);
        assertThat(headersOf(record)).isEqualTo(headers);
        assertThat(new String(record.value(), UTF_8))
                .isEqualTo("{\"id\":\"7\",\"error\":{\"code\":\"wrong-type\",\"message\":\"query must be a text\"}}");
    }

    @Test
    void anErrorWithoutAReadableIdHasNone() {
        for (String value : List.of("no json", "[]", "{\"id\":{}}", "{\"id\":\"" + "x".repeat(600) + "\"}")) {
            ProducerRecord<byte[], byte[]> record = errorReplies.serialize(
                    refused(Stage.DECODE_QUERIES, value, List.of(reply("replies.mine"))), null, null);

            assertThat(new String(record.value(), UTF_8)).startsWith("{\"error\":");
        }
        assertThat(errorReplies.serialize(
                        refused(Stage.DECODE_QUERIES, null, List.of(reply("replies.mine"))), null, null))
                .isNotNull();
    }

    @Test
    void nobodyElseIsTold() {
        assertThat(errorReplies.serialize(refused(Stage.DECODE_QUERIES, "{}", List.of()), null, null))
                .isNull();
        for (String topic : List.of("forbidden", "replies.missing", "documents", "dead-letters")) {
            assertThat(errorReplies.serialize(refused(Stage.DECODE_QUERIES, "{}", List.of(reply(topic))), null, null))
                    .as(topic)
                    .isNull();
        }
        assertThat(errorReplies.serialize(
                        refused(Stage.DECODE_DOCUMENTS, "{}", List.of(reply("replies.mine"))), null, null))
                .isNull();
        assertThat(errorReplies.serialize(
                        refused(
                                Stage.DECODE_QUERIES,
                                "{}",
                                List.of(reply("answers"), new Header("large", new byte[2_000]))),
                        null,
                        null))
                .isNull();
    }

    private static DeadLetter refused(Stage stage, String value, List<Header> headers) {
        RawRecord record =
                new RawRecord("queries", 0, 0, 0, KEY, value == null ? null : value.getBytes(UTF_8), headers);
        return new DeadLetter(record, stage, "wrong-type", "E", "query must be a text");
    }

    @Test
    void readsARecordAsItIs() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("a", new byte[] {1}).add("a", null);
        List<RawRecord> out = new ArrayList<>();

        new RawRecordDeserializationSchema()
                .deserialize(
                        new ConsumerRecord<>(
                                "t", 1, 2, 3, TimestampType.CREATE_TIME, 3, 0, KEY, null, headers, Optional.empty()),
                        new ListCollector<>(out));

        assertThat(out)
                .containsExactly(new RawRecord(
                        "t", 1, 2, 3, KEY, null, List.of(new Header("a", new byte[] {1}), new Header("a", null))));
    }

    @Test
    void anAnswerCarriesItsQuerysKeyAndHeaders() {
        List<Header> headers = List.of(
                new Header("kafka_correlationId", new byte[] {9, 9}), new Header("x", null), new Header("x", KEY));

        ProducerRecord<byte[], byte[]> record = results.serialize(result(headers, 1), null, 5L);

        assertThat(record.topic()).isEqualTo("ranked-results");
        assertThat(record.partition()).isNull();
        assertThat(record.timestamp()).isNull();
        assertThat(record.key()).isEqualTo(KEY);
        assertThat(headersOf(record)).isEqualTo(headers);
        assertThat(new String(record.value(), UTF_8)).startsWith("{\"id\":\"q\"");
    }

    @Test
    void anAnswerGoesToTheTopicAndPartitionThatItsQueryAsksFor() {
        ProducerRecord<byte[], byte[]> record = results.serialize(
                result(List.of(reply("replies.mine"), new Header("kafka_replyPartition", new byte[] {0, 0, 0, 1})), 1),
                null,
                null);

        assertThat(record.topic()).isEqualTo("replies.mine");
        assertThat(record.partition()).isEqualTo(1);
    }

    @Test
    void theResultsTopicIsAReplyTopicToo() {
        List<Header> headers =
                List.of(reply("ranked-results"), new Header("kafka_replyPartition", new byte[] {0, 0, 0, 2}));

        ProducerRecord<byte[], byte[]> answer = results.serialize(result(headers, 1), null, null);
        ProducerRecord<byte[], byte[]> error =
                errorReplies.serialize(refused(Stage.DECODE_QUERIES, "{\"id\":7}", headers), null, null);

        assertThat(answer.topic()).isEqualTo("ranked-results");
        assertThat(answer.partition()).isEqualTo(2);
        assertThat(error.topic()).isEqualTo("ranked-results");
        assertThat(error.partition()).isEqualTo(2);
        assertThat(new String(error.value(), UTF_8)).startsWith("{\"id\":\"7\",\"error\":");
    }

    @Test
    void withoutAReplyTopicThePartitionIsNotChosen() {
        List<Header> partition = List.of(new Header("kafka_replyPartition", new byte[] {0, 0, 0, 2}));

        assertThat(results.serialize(result(partition, 1), null, null).partition())
                .isNull();
        assertThat(new ResultSerializationSchema(Configs.plain(), topic -> null)
                        .serialize(result(List.of(reply("ranked-results"), partition.get(0)), 1), null, null)
                        .partition())
                .isNull();
    }

    @Test
    void anAnswerStaysHomeWhenItsReplyTopicIsNotAllowedOrMissing() {
        for (String topic : List.of("forbidden", "replies.missing", "documents", "\u0000 not a name")) {
            assertThat(results.serialize(result(List.of(reply(topic)), 1), null, null)
                            .topic())
                    .isEqualTo("ranked-results");
        }
    }

    @Test
    void anAnswerIsMadeToFitItsTopic() {
        ProducerRecord<byte[], byte[]> record = results.serialize(result(List.of(reply("answers")), 50), null, null);

        assertThat(record.topic()).isEqualTo("answers");
        assertThat(record.value().length + KEY.length).isLessThan(2_000);
        assertThat(new String(record.value(), UTF_8)).contains("\"omitted_hits\":");
    }

    @Test
    void anAnswerThatNoCutMakesFitGoesHome() {
        List<Header> headers = List.of(reply("answers"), new Header("large", new byte[2_000]));

        ProducerRecord<byte[], byte[]> record = results.serialize(result(headers, 1), null, null);

        assertThat(record.topic()).isEqualTo("ranked-results");
        assertThat(headersOf(record)).isEqualTo(headers);
    }

    @Test
    void onlyInACompactedTopicAnAnswerWithoutAKeyGetsItsQuerysPlace() {
        assertThat(results.serialize(keyless(List.of()), null, null).key()).isNull();
        assertThat(results.serialize(keyless(List.of(reply("replies.newest"))), null, null)
                        .key())
                .isEqualTo("queries-0-0".getBytes(UTF_8));
        assertThat(results.serialize(result(List.of(reply("replies.newest")), 1), null, null)
                        .key())
                .isEqualTo(KEY);
    }

    @Test
    void onlyInACompactedTopicADeadLetterWithoutAKeyGetsItsPlace() {
        DeadLetterSerializationSchema compacted =
                new DeadLetterSerializationSchema(Configs.plain(), topic -> new TopicMetadata(1, 5_000, true));
        RawRecord keyless = new RawRecord("queries", 1, 7, 0, null, new byte[] {1}, List.of());
        RawRecord keyTooLarge = new RawRecord("queries", 1, 8, 0, new byte[6_000], new byte[] {1}, List.of());

        assertThat(deadLetters.serialize(letter(keyless), null, null).key()).isNull();
        assertThat(compacted.serialize(letter(keyless), null, null).key()).isEqualTo("queries-1-7".getBytes(UTF_8));
        assertThat(compacted.serialize(letter(keyTooLarge), null, null).key()).isEqualTo("queries-1-8".getBytes(UTF_8));
        assertThat(compacted
                        .serialize(letter(new byte[] {1}, List.of()), null, null)
                        .key())
                .isEqualTo(KEY);
    }

    @Test
    void aDeadLetterIsTheRecordWithTheReasonsAfterItsOwnHeaders() {
        Header earlier = new Header("__connect.errors.topic", "before".getBytes(UTF_8));
        byte[] value = {(byte) 0xff, 0, 1};

        ProducerRecord<byte[], byte[]> record = deadLetters.serialize(letter(value, List.of(earlier)), null, null);

        assertThat(record.topic()).isEqualTo("dead-letters");
        assertThat(record.key()).isEqualTo(KEY);
        assertThat(record.value()).isEqualTo(value);
        assertThat(headersOf(record))
                .containsExactly(
                        earlier,
                        header("__connect.errors.topic", "queries"),
                        header("__connect.errors.partition", "1"),
                        header("__connect.errors.offset", "7"),
                        header("__connect.errors.stage", "decode-queries"),
                        header("__connect.errors.exception.class.name", "a.B"),
                        header("__connect.errors.exception.message", "why"),
                        header("__streamrank.errors.cause", "malformed-json"));
    }

    @Test
    void aDeadTombstoneStaysOne() {
        assertThat(deadLetters.serialize(letter(null, List.of()), null, null).value())
                .isNull();
    }

    @Test
    void aDeadLetterThatItsTopicCannotTakeIsCutAndSaysSo() {
        byte[] value = "x".repeat(6_000).getBytes(UTF_8);

        ProducerRecord<byte[], byte[]> record = deadLetters.serialize(letter(value, List.of()), null, null);

        assertThat(record.value().length).isBetween(3_000, 5_000);
        assertThat(headersOf(record)).contains(header("__streamrank.errors.value.bytes", "6000"));
    }

    @Test
    void aDeadLetterLosesItsOwnHeadersOnlyWhereTheyAloneAreTooMuch() {
        ProducerRecord<byte[], byte[]> record = deadLetters.serialize(
                letter("v".getBytes(UTF_8), List.of(new Header("big", new byte[6_000]))), null, null);

        assertThat(record.key()).isEqualTo(KEY);
        assertThat(record.value()).isEqualTo("v".getBytes(UTF_8));
        assertThat(headersOf(record)).noneMatch(header -> header.key().equals("big"));
        assertThat(headersOf(record)).contains(header("__streamrank.errors.value.bytes", "1"));
    }

    private static DeadLetter letter(byte[] value, List<Header> headers) {
        return letter(new RawRecord("queries", 1, 7, 0, KEY, value, headers));
    }

    private static DeadLetter letter(RawRecord record) {
        return new DeadLetter(record, Stage.DECODE_QUERIES, "malformed-json", "a.B", "why");
    }

    private static RankedResult keyless(List<Header> headers) {
        return result(null, headers, 1);
    }

    private static RankedResult result(List<Header> headers, int hits) {
        return result(KEY, headers, hits);
    }

    private static RankedResult result(byte[] key, List<Header> headers, int hits) {
        Document document = new Document("d", "c", List.of(new Field("t", "x".repeat(100))), null, null);
        Hit hit = new Hit(0, "d", 0.5, null, document, null);
        return new RankedResult(
                new Origin("queries", 0, 0, 0, 0, key, headers),
                "q",
                "q",
                "m",
                Collections.nCopies(hits, hit),
                null,
                new Usage(0, 0, 0),
                new Timing(0, 0, 0, 0, 0));
    }

    private static Header reply(String topic) {
        return header("kafka_replyTopic", topic);
    }

    private static Header header(String key, String value) {
        return new Header(key, value.getBytes(UTF_8));
    }

    private static List<Header> headersOf(ProducerRecord<byte[], byte[]> record) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        return headers;
    }
}
