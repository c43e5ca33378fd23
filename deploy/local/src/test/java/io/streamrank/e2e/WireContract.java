// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/** What must hold of the topics against any broker. */
final class WireContract {
    private static final Map<String, String> DOCUMENTS = Map.of(
            "bat",
            "{\"title\":\"The Dark Knight\",\"overview\":\"A masked hero who dresses as a bat fights crime in Gotham City.\"}",
            "shark",
            "{\"title\":\"Jaws\",\"overview\":\"A great white shark terrorises the beach of a small island town.\"}",
            "ship",
            "{\"title\":\"Titanic\",\"overview\":\"A young couple falls in love on a ship that sinks after it hits an iceberg.\"}",
            "toys",
            "{\"title\":\"Toy Story\",\"overview\":\"A cowboy doll feels threatened when a space ranger becomes the favourite toy.\"}",
            "mafia",
            "{\"title\":\"The Godfather\",\"overview\":\"The ageing head of a crime family hands his empire to his reluctant son.\"}");

    private WireContract() {}

    static void holds(RunningJob job) throws Exception {
        job.createTopics();
        int year = 1970;
        for (var document : DOCUMENTS.entrySet()) {
            job.send(
                    "documents",
                    "movies/" + document.getKey(),
                    document(document.getKey(), document.getValue(), year++));
        }
        job.send("documents", "movies/gone", document("gone", "{\"title\":\"A bat, a bat, a bat, superhero\"}", 2000));
        job.send("documents", "movies/gone", (byte[]) null);
        job.flush();
        job.submit();

        job.send(
                "queries",
                "key-1",
                "{\"id\":\"retrieve\",\"query\":\"super hero mystery movie about bats\",\"collection\":\"movies\","
                        + "\"candidates\":4,\"top_n\":2,\"return_documents\":true,\"rank_fields\":[\"title\",\"overview\"]}",
                new RecordHeader("trace", "t-1".getBytes(StandardCharsets.UTF_8)),
                new RecordHeader("trace", null));
        job.send(
                "queries",
                "inline",
                "{\"query\":\"who sank?\",\"documents\":[\"The shark bit.\",{\"id\":\"d7\",\"text\":\"The ship sank at sea.\"}],"
                        + "\"return_logits\":true}");
        job.send(
                "queries",
                null,
                "{\"id\":\"filtered\",\"query\":\"film\",\"collection\":\"movies\",\"filter\":{\"year\":{\"gte\":1970,\"lt\":1972}}}");
        job.send("queries", null, "{\"id\":\"nothing\",\"query\":\"film\",\"collection\":\"no such\"}");
        job.send(
                "queries",
                null,
                "{\"id\":\"reply\",\"query\":\"toys\",\"collection\":\"movies\"}",
                new RecordHeader("kafka_replyTopic", "replies-me".getBytes(StandardCharsets.UTF_8)));
        job.send(
                "queries",
                null,
                "{\"id\":\"not-allowed\",\"query\":\"toys\",\"collection\":\"movies\"}",
                new RecordHeader("kafka_replyTopic", "documents".getBytes(StandardCharsets.UTF_8)));
        job.send("queries", "broken", "{\"query\":", new RecordHeader("trace", new byte[] {1}));
        job.flush();

        Map<String, JsonNode> answers = job.answers("ranked-results", 5);
        assertThat(answers).containsOnlyKeys("retrieve", "inline", "filtered", "nothing", "not-allowed");
        JsonNode retrieved = answers.get("retrieve");
        assertThat(RunningJob.ids(retrieved)).hasSize(2).first().isEqualTo("bat");
        JsonNode best = retrieved.path("results").get(0);
        assertThat(best.path("document").path("title").asText()).isEqualTo("The Dark Knight");
        assertThat(best.path("relevance_score").asDouble()).isBetween(0.0, 1.0);
        assertThat(best.path("index").asInt())
                .isEqualTo(best.path("retrieval").path("rank").asInt());
        assertThat(retrieved.path("degraded").asBoolean()).isFalse();
        assertThat(retrieved.path("usage").path("pairs").asInt()).isEqualTo(4);
        assertThat(retrieved.path("usage").path("tokens").asInt()).isGreaterThan(60);
        assertThat(retrieved.path("timing_ms").path("total").asLong())
                .isGreaterThanOrEqualTo(
                        retrieved.path("timing_ms").path("rerank").asLong());

        JsonNode inline = answers.get("inline");
        assertThat(inline.path("results").get(0).path("index").asInt()).isEqualTo(1);
        assertThat(inline.path("results").get(0).path("id").asText()).isEqualTo("d7");
        assertThat(inline.path("results").get(0).has("logit")).isTrue();
        assertThat(inline.path("results").get(0).has("document")).isFalse();

        assertThat(RunningJob.ids(answers.get("filtered"))).hasSize(2);
        assertThat(answers.get("nothing").path("results")).isEmpty();
        assertThat(answers.get("nothing").path("degraded").asBoolean()).isFalse();

        ConsumerRecord<byte[], byte[]> first = job.read("ranked-results", 5).stream()
                .filter(record ->
                        RunningJob.json(record.value()).path("id").asText().equals("retrieve"))
                .findFirst()
                .orElseThrow();
        assertThat(first.key()).isEqualTo("key-1".getBytes(StandardCharsets.UTF_8));
        assertThat(first.headers().headers("trace"))
                .containsExactly(
                        new RecordHeader("trace", "t-1".getBytes(StandardCharsets.UTF_8)),
                        new RecordHeader("trace", null));
        assertThat(job.answers("replies-me", 1)).containsOnlyKeys("reply");

        ConsumerRecord<byte[], byte[]> letter = job.read("dead-letters", 1).get(0);
        assertThat(letter.key()).isEqualTo("broken".getBytes(StandardCharsets.UTF_8));
        assertThat(letter.value()).isEqualTo("{\"query\":".getBytes(StandardCharsets.UTF_8));
        assertThat(letter.headers().lastHeader("trace").value()).isEqualTo(new byte[] {1});
        assertThat(text(letter, "__connect.errors.topic")).isEqualTo("queries");
        assertThat(text(letter, "__connect.errors.exception.message")).isNotBlank();

        int asked = freshness(job);
        job.drain();
        assertThat(job.answers("ranked-results", 5 + asked)).hasSize(5 + asked);
        assertThat(job.answers("replies-me", 1)).hasSize(1);
        assertThat(job.read("dead-letters", 1)).hasSize(1);
    }

    /** A document is searchable after it was produced, and not after it was deleted. Returns how often that was asked. */
    private static int freshness(RunningJob job) {
        job.send("documents", "movies/new", document("new", "{\"title\":\"A brand new penguin documentary\"}", 2020));
        int asked = askUntil(job, 0, true);
        job.send("documents", "movies/new", (byte[]) null);
        asked = askUntil(job, asked, false);
        assertThat(findsPenguins(job, asked)).isFalse();
        return asked + 1;
    }

    /** The number of the next question. */
    private static int askUntil(RunningJob job, int first, boolean found) {
        int next = first;
        long end = System.nanoTime() + RunningJob.PATIENCE.toNanos();
        while (findsPenguins(job, next++) != found) {
            assertThat(System.nanoTime() - end)
                    .as("time over, the document must be found: " + found)
                    .isNegative();
        }
        return next;
    }

    private static boolean findsPenguins(RunningJob job, int number) {
        String id = "fresh-" + number;
        job.send("queries", null, "{\"id\":\"" + id + "\",\"query\":\"penguins\",\"collection\":\"movies\"}");
        job.flush();
        return RunningJob.ids(job.answers("ranked-results", 6 + number).get(id)).contains("new");
    }

    private static String document(String id, String fields, int year) {
        return "{\"id\":\"%s\",\"collection\":\"movies\",\"fields\":%s,\"metadata\":{\"year\":%d}}"
                .formatted(id, fields, year);
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String header) {
        return new String(record.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }
}
