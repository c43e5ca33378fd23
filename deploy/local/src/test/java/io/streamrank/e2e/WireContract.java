// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What must hold of the topics against any broker. The job runs once and is drained; then each test looks at its
 * topics.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WireContract {
    private static final String MOVIE = """
            {"id":"%s","collection":"movies","fields":{"title":"%s","overview":"%s"},"metadata":{"year":%d}}
            """;

    private static final List<String> DOCUMENTS = List.of(
            MOVIE.formatted(
                    "bat", "The Dark Knight", "A masked hero who dresses as a bat fights crime in Gotham City.", 1970),
            MOVIE.formatted("shark", "Jaws", "A great white shark terrorises the beach of a small island town.", 1971),
            MOVIE.formatted(
                    "ship",
                    "Titanic",
                    "A young couple falls in love on a ship that sinks after it hits an iceberg.",
                    1972),
            MOVIE.formatted(
                    "toys",
                    "Toy Story",
                    "A cowboy doll feels threatened when a space ranger becomes the favourite toy.",
                    1973),
            MOVIE.formatted(
                    "mafia",
                    "The Godfather",
                    "The ageing head of a crime family hands his empire to his reluctant son.",
                    1974),
            MOVIE.formatted("gone", "A bat, a bat, a bat, superhero", "A bat.", 2000));

    private static final String NEW_DOCUMENT =
            MOVIE.formatted("new", "A brand new penguin documentary", "Penguins.", 2020);

    private static final String BROKEN = """
            {"query":""";

    private Map<String, JsonNode> answers = Map.of();
    private Map<String, JsonNode> replies = Map.of();
    private List<ConsumerRecord<byte[], byte[]>> results = List.of();
    private List<ConsumerRecord<byte[], byte[]>> letters = List.of();
    /** Questions after penguins, each of which has its answer. */
    private int penguins;

    private boolean newDocumentFound;
    private boolean deletedDocumentFound = true;

    /** Starts a broker that has the topic {@code replies-me}, and the job's client, which is closed after the run. */
    abstract RunningJob start() throws Exception;

    /** Stops the broker. */
    abstract void stop() throws Exception;

    @BeforeAll
    void runTheJobToItsEnd() throws Exception {
        try (RunningJob job = start()) {
            job.createTopics();
            DOCUMENTS.forEach(document -> job.send("documents", key(document), document));
            job.send("documents", "movies/gone", (byte[]) null);
            job.flush();
            job.submit();
            sendQueries(job);
            job.awaitAnswers("ranked-results", 5);
            askAfterPenguins(job);
            job.drain();
            results = job.read("ranked-results", 5 + penguins);
            answers = RunningJob.byId(results);
            replies = job.answers("replies-me", 1);
            letters = job.read("dead-letters", 1);
        } finally {
            stop();
        }
    }

    private static void sendQueries(RunningJob job) {
        job.send("queries", "key-1", """
                {"id":"retrieve","query":"super hero mystery movie about bats","collection":"movies",
                 "candidates":4,"top_n":2,"return_documents":true,"rank_fields":["title","overview"]}
                """, header("trace", "t-1"), new RecordHeader("trace", null));
        job.send("queries", "inline", """
                {"query":"who sank?","return_logits":true,
                 "documents":["The shark bit.",{"id":"d7","text":"The ship sank at sea."}]}
                """);
        job.send("queries", null, """
                {"id":"filtered","query":"film","collection":"movies","filter":{"year":{"gte":1970,"lt":1972}}}
                """);
        job.send("queries", null, """
                {"id":"nothing","query":"film","collection":"no such"}
                """);
        job.send("queries", null, """
                {"id":"reply","query":"toys","collection":"movies"}
                """, header("kafka_replyTopic", "replies-me"));
        job.send("queries", null, """
                {"id":"not-allowed","query":"toys","collection":"movies"}
                """, header("kafka_replyTopic", "documents"));
        job.send("queries", "broken", BROKEN, new RecordHeader("trace", new byte[] {1}));
        job.flush();
    }

    /** Until a document is found after it was produced, and until it is not after it was deleted. */
    private void askAfterPenguins(RunningJob job) {
        job.send("documents", "movies/new", NEW_DOCUMENT);
        newDocumentFound = askUntil(job, true);
        job.send("documents", "movies/new", (byte[]) null);
        askUntil(job, false);
        deletedDocumentFound = findsPenguins(job);
    }

    private boolean askUntil(RunningJob job, boolean wanted) {
        long end = System.nanoTime() + RunningJob.PATIENCE.toNanos();
        boolean found = findsPenguins(job);
        while (found != wanted && System.nanoTime() - end < 0) {
            found = findsPenguins(job);
        }
        return found;
    }

    private boolean findsPenguins(RunningJob job) {
        String id = "fresh-" + penguins++;
        job.send("queries", null, """
                {"id":"%s","query":"penguins","collection":"movies"}
                """.formatted(id));
        job.flush();
        return RunningJob.ids(job.answers("ranked-results", 5 + penguins).get(id))
                .contains("new");
    }

    @Test
    void everyQueryIsAnsweredOnce() {
        assertThat(answers).hasSize(5 + penguins).containsKeys("retrieve", "inline", "filtered", "nothing");
    }

    @Test
    void theBestOfTheRetrievedDocumentsIsFirst() {
        assertThat(RunningJob.ids(retrieved())).hasSize(2).first().isEqualTo("bat");
    }

    @Test
    void documentsComeWithTheAnswerWhereTheQueryWantsThem() {
        assertThat(best().path("document").path("title").asText()).isEqualTo("The Dark Knight");
        assertThat(ownDocument().has("document")).isFalse();
    }

    @Test
    void logitsComeWithTheAnswerWhereTheQueryWantsThem() {
        assertThat(ownDocument().has("logit")).isTrue();
        assertThat(best().has("logit")).isFalse();
    }

    @Test
    void relevanceIsBetweenZeroAndOne() {
        assertThat(best().path("relevance_score").asDouble()).isBetween(0.0, 1.0);
    }

    @Test
    void theIndexOfARetrievedDocumentIsItsRank() {
        assertThat(best().path("index").asInt())
                .isEqualTo(best().path("retrieval").path("rank").asInt());
    }

    @Test
    void anAnswerInTimeIsNotDegraded() {
        assertThat(retrieved().path("degraded").asBoolean()).isFalse();
    }

    @Test
    void usageCountsPairsAndTokens() {
        assertThat(retrieved().path("usage").path("pairs").asInt()).isEqualTo(4);
        assertThat(retrieved().path("usage").path("tokens").asInt()).isGreaterThan(60);
    }

    @Test
    void rerankingIsPartOfTheWholeTime() {
        JsonNode timing = retrieved().path("timing_ms");
        assertThat(timing.path("total").asLong())
                .isGreaterThanOrEqualTo(timing.path("rerank").asLong());
    }

    @Test
    void documentsOfTheQuerysOwnAreRankedByTheirPositionInIt() {
        assertThat(ownDocument().path("index").asInt()).isEqualTo(1);
        assertThat(ownDocument().path("id").asText()).isEqualTo("d7");
    }

    @Test
    void filtersLookAtMetadata() {
        assertThat(RunningJob.ids(answers.get("filtered"))).containsExactlyInAnyOrder("bat", "shark");
    }

    @Test
    void aCollectionWithoutDocumentsGivesAnEmptyAnswer() {
        assertThat(answers.get("nothing").path("results")).isEmpty();
        assertThat(answers.get("nothing").path("degraded").asBoolean()).isFalse();
        assertThat(answers.get("nothing")
                        .path("usage")
                        .path("missing_collection")
                        .asText())
                .isEqualTo("no such");
    }

    @Test
    void anAnswerHasTheQuerysKeyAndHeaders() {
        ConsumerRecord<byte[], byte[]> first = results.stream()
                .filter(record ->
                        RunningJob.json(record.value()).path("id").asText().equals("retrieve"))
                .findFirst()
                .orElseThrow();
        assertThat(first.key()).isEqualTo(bytes("key-1"));
        assertThat(first.headers().headers("trace"))
                .containsExactly(header("trace", "t-1"), new RecordHeader("trace", null));
    }

    @Test
    void aQueryChoosesTheTopicOfItsAnswerAmongThoseThatAreAllowed() {
        assertThat(replies).containsOnlyKeys("reply");
        assertThat(answers).containsKey("not-allowed").doesNotContainKey("reply");
    }

    @Test
    void aDeadLetterIsTheRecordByteForByte() {
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.key()).isEqualTo(bytes("broken"));
            assertThat(letter.value()).isEqualTo(bytes(BROKEN));
            assertThat(letter.headers().lastHeader("trace").value()).isEqualTo(new byte[] {1});
        });
    }

    @Test
    void aDeadLetterSaysWhereFromAndWhy() {
        assertThat(text(letters.get(0), "__connect.errors.topic")).isEqualTo("queries");
        assertThat(text(letters.get(0), "__connect.errors.exception.message")).isNotBlank();
    }

    @Test
    void aDocumentIsFoundAfterItWasProduced() {
        assertThat(newDocumentFound).isTrue();
    }

    @Test
    void aDocumentIsNotFoundAfterItWasDeleted() {
        assertThat(deletedDocumentFound).isFalse();
    }

    private JsonNode retrieved() {
        return answers.get("retrieve");
    }

    private JsonNode best() {
        return retrieved().path("results").get(0);
    }

    private JsonNode ownDocument() {
        return answers.get("inline").path("results").get(0);
    }

    private static String key(String document) {
        return "movies/" + RunningJob.json(bytes(document)).path("id").asText();
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String header) {
        return new String(record.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }
}
