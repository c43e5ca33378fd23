// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.chaos.ChaosReport;
import io.streamrank.chaos.cluster.FlinkRest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What else comes in while things are done to the job: documents of a collection of their own that change and go,
 * queries that list them, and, beside them, {@link MalformedRecords}.
 *
 * <p>Of the documents some stay as they are, some were deleted before anything was done, and some change all the time.
 * Every list has all of the first and none of the second, and the last ones have what was sent last.
 */
public final class DocumentChanges implements AutoCloseable {
    private static final String COLLECTION = "changing";
    /** Of each of the three kinds. */
    private static final int DOCUMENTS = 10;
    /** So many lists reach every partition, and with it every copy of the corpus that is asked. */
    private static final int LISTS_AT_ONCE = 8;

    private static final int TICKS_PER_SECOND = 5;

    private final QueryLoad load;
    private final MalformedRecords bad;
    private final Random random = new Random(3);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Queue<Exception> problems = new ConcurrentLinkedQueue<>();
    /** What is there by what was sent, by id. Used by one thread at a time. */
    private final Map<String, String> texts = new TreeMap<>();

    private int changes;
    private int lists;
    /** The lists from this one on were asked when the deletes were known. */
    private int first;
    /** The lists from this one on were asked when nothing changed any more. */
    private int settled;

    public DocumentChanges(QueryLoad load, MalformedRecords bad) {
        this.load = load;
        this.bad = bad;
    }

    /** Returns when what was deleted is gone for good: a checkpoint knows it. */
    public void start(FlinkRest rest, String job) throws Exception {
        IntStream.range(0, DOCUMENTS).forEach(i -> {
            upsert("stays-" + i);
            upsert("goes-" + i);
            upsert("changes-" + i);
            delete("goes-" + i);
        });
        FlinkRest.await("the deletes", this::listsAgree);
        first = lists;
        rest.awaitCheckpoints(job);
        clock.scheduleAtFixedRate(this::tick, 0, 1_000_000 / TICKS_PER_SECOND, TimeUnit.MICROSECONDS);
    }

    private void tick() {
        try {
            bad.send();
            String id = "changes-" + random.nextInt(DOCUMENTS);
            if (random.nextInt(3) == 0) {
                delete(id);
            } else {
                upsert(id);
            }
            if (changes % TICKS_PER_SECOND == 0) {
                list();
            }
        } catch (RuntimeException e) {
            problems.add(e);
        }
    }

    private void upsert(String id) {
        String text = ChaosCorpus.text(random, 8);
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("id", id).put("collection", COLLECTION).put("text", text);
        load.send("documents", COLLECTION + '/' + id, QueryLoad.bytes(document));
        texts.put(id, text);
        changes++;
    }

    private void delete(String id) {
        load.send("documents", COLLECTION + '/' + id, null);
        texts.remove(id);
        changes++;
    }

    private void list() {
        ObjectNode query = JsonNodeFactory.instance.objectNode();
        query.put("query", "all").put("collection", COLLECTION).put("return_documents", true);
        load.ask("list-" + lists++, query.put("candidates", 100).put("top_n", 100));
    }

    /** Sends no more and waits until the job has caught up; where it does not, the verdict says what is wrong. */
    public void settle(FlinkRest rest, String job) throws Exception {
        clock.shutdown();
        if (!clock.awaitTermination(10, TimeUnit.MINUTES)) {
            throw new AssertionError("a record could not be sent within 10 minutes");
        }
        FlinkRest.comesTrue("the last changes of documents", this::listsAgree);
        load.settle(rest, job);
        bad.settle();
    }

    private boolean listsAgree() {
        settled = lists;
        IntStream.range(0, LISTS_AT_ONCE).forEach(i -> list());
        FlinkRest.comesTrue(
                "lists",
                () -> IntStream.range(settled, lists).noneMatch(i -> answers(i).isEmpty()));
        return IntStream.range(settled, lists).allMatch(i -> answers(i).stream().allMatch(this::isLast));
    }

    private List<JsonNode> answers(int list) {
        return load.answers("list-" + list);
    }

    private boolean isLast(JsonNode list) {
        Map<String, String> listed = new TreeMap<>();
        list.path("results")
                .forEach(hit -> listed.put(
                        hit.path("id").asText(),
                        hit.path("document").path("text").asText()));
        return listed.equals(texts);
    }

    private static boolean isPossible(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.path("results").forEach(hit -> ids.add(hit.path("id").asText()));
        return IntStream.range(0, DOCUMENTS).allMatch(i -> ids.contains("stays-" + i))
                && ids.stream().noneMatch(id -> id.startsWith("goes-"));
    }

    private Verdict onLists() {
        Verdict verdict = Verdict.NONE;
        for (int i = first; i < lists; i++) {
            List<JsonNode> answers = answers(i);
            boolean last = i >= settled;
            boolean right = answers.stream().allMatch(list -> isPossible(list) && (!last || isLast(list)));
            verdict = verdict.plus(
                    new Verdict(1, answers.isEmpty() ? 1 : 0, answers.size() > 1 ? 1 : 0, 0, right ? 0 : 1));
        }
        return verdict;
    }

    public List<ChaosReport.Line> lines() {
        return List.of(
                new ChaosReport.Line("records that cannot be read, meanwhile", bad.verdict(), List.of(), ""),
                new ChaosReport.Line(
                        "lists of documents that change, meanwhile",
                        onLists(),
                        List.of(),
                        changes + " documents changed or deleted"));
    }

    /** On bad records and on lists. */
    public List<Verdict> verdicts() {
        return List.of(bad.verdict(), onLists());
    }

    /** Of this client's own, which are no fault of the job's. */
    public List<Exception> problems() {
        return Stream.concat(problems.stream(), bad.problems().stream()).toList();
    }

    @Override
    public void close() throws InterruptedException {
        clock.shutdownNow();
        bad.close();
    }
}
