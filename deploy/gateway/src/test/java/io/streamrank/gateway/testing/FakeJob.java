// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamrank.codec.CodecException;
import io.streamrank.codec.Limits;
import io.streamrank.codec.QueryCodec;
import io.streamrank.codec.QueryDefaults;
import io.streamrank.codec.RankedResultCodec;
import io.streamrank.event.DegradedReason;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import io.streamrank.event.Hit;
import io.streamrank.event.Query;
import io.streamrank.event.RankedResult;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Remarks;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.QueryTransport;
import io.streamrank.gateway.query.RequestException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Answers in the job's place, with its codecs. The score of a document is the share of the query's words that it has. A query
 * that begins with {@code overload}, {@code timeout} or {@code model_error} gets a degraded answer; {@code silent} gets none,
 * and {@code broken} is not taken by Kafka. One that begins with {@code hosted} gets no logits, and one with {@code cascade} a score
 * for the first document alone.
 */
public final class FakeJob implements QueryTransport {
    public static final String MODEL = "fake:words";

    /** Characters of a document that it reads. */
    private static final int READ_CHARS = 1_000;

    private final QueryCodec codec = new QueryCodec(Limits.defaults(), QueryDefaults.defaults());
    private final List<Query> asked = new ArrayList<>();

    /** Stays open until {@link #answerAll}, for queries that begin with {@code wait}. */
    private final List<Runnable> waiting = new ArrayList<>();

    @Override
    public synchronized CompletableFuture<byte[]> send(UUID id, byte[] value, Duration patience) {
        Query query;
        try {
            query = codec.decode(new RawRecord("queries", 0, asked.size(), 0, null, value, List.of()), 0)
                    .value();
        } catch (CodecException e) {
            throw new IllegalStateException("the gateway lets a wrong query pass", e);
        }
        asked.add(query);
        CompletableFuture<byte[]> reply = new CompletableFuture<>();
        if (query.text().startsWith("wait")) {
            waiting.add(() -> reply.complete(answer(query)));
        } else if (query.text().startsWith("silent")) {
            reply.completeExceptionally(new RequestException(Problem.TIMEOUT, "no answer came in time"));
        } else if (query.text().startsWith("broken")) {
            reply.completeExceptionally(new RequestException(Problem.UNAVAILABLE, "Kafka does not take the query"));
        } else if (query.text().startsWith("defect")) {
            reply.complete("no json".getBytes(UTF_8));
        } else {
            reply.complete(answer(query));
        }
        return reply;
    }

    /** Returns the queries so far, but for probes. */
    public synchronized List<Query> asked() {
        return List.copyOf(asked);
    }

    /** Answers the queries that wait. */
    public synchronized void answerAll() {
        waiting.forEach(Runnable::run);
        waiting.clear();
    }

    public synchronized int waiting() {
        return waiting.size();
    }

    private static byte[] answer(Query query) {
        DegradedReason degraded = degraded(query.text());
        List<Document> documents = query.documents() == null
                ? List.of(new Document("m-1", "default", List.of(new Field("title", "Toys")), null, null))
                : query.documents();
        List<Hit> hits = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            Document document = documents.get(i);
            boolean scored = degraded == null && (i == 0 || !query.text().startsWith("cascade"));
            Double score = scored ? score(query.text(), document) : null;
            hits.add(new Hit(
                    i,
                    document.id(),
                    score,
                    query.returnLogits() && score != null && !query.text().startsWith("hosted") ? score * 10 - 5 : null,
                    query.returnDocuments() ? document : null,
                    null));
        }
        hits.sort(Comparator.comparingDouble(
                hit -> hit.relevanceScore() == null ? 1 : -Objects.requireNonNull(hit.relevanceScore())));
        return new RankedResultCodec()
                .encode(new RankedResult(
                        query.origin(),
                        query.id(),
                        query.text(),
                        MODEL,
                        hits.subList(0, Math.min(query.topN(), hits.size())),
                        degraded,
                        usage(query, documents),
                        new Timing(0, 0, 0, 1, 1)));
    }

    private static Usage usage(Query query, List<Document> documents) {
        List<String> texts = documents.stream().map(FakeJob::text).toList();
        int blank = (int) texts.stream().filter(String::isBlank).count();
        int cut =
                (int) texts.stream().filter(text -> text.length() > READ_CHARS).count();
        return new Usage(
                texts.size(), 7L * texts.size(), cut, query.remarks().plus(Remarks.ofRanking(blank, 0, List.of())));
    }

    private static String text(Document document) {
        return String.join(" ", document.fields().stream().map(Field::text).toList());
    }

    private static @Nullable DegradedReason degraded(String query) {
        for (DegradedReason reason : DegradedReason.values()) {
            if (query.startsWith(reason.wireName())) {
                return reason;
            }
        }
        return null;
    }

    private static @Nullable Double score(String query, Document document) {
        String text = text(document);
        if (text.isBlank()) {
            return null;
        }
        String[] words = query.toLowerCase(Locale.ROOT).split("\\W+", -1);
        long found = Arrays.stream(words)
                .filter(text.toLowerCase(Locale.ROOT)::contains)
                .count();
        return (found + 0.01) / (words.length + 1);
    }
}
