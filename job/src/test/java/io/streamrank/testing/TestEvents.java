// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import io.streamrank.event.Document;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Field;
import io.streamrank.event.Header;
import io.streamrank.event.Origin;
import io.streamrank.event.Query;
import io.streamrank.event.RawRecord;
import io.streamrank.event.RetrievalMode;
import io.streamrank.event.Version;
import io.streamrank.state.CorpusUpdate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** TestEvents for the operators' tests. */
public final class TestEvents {
    public static final String COLLECTION = "default";

    private TestEvents() {}

    public static RawRecord raw(int partition, long offset, String value) {
        return new RawRecord(
                "documents",
                partition,
                offset,
                1_000 + offset,
                "k".getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    public static DocumentChange upsert(String id, long offset, String text) {
        return change(id, offset, text, List.of());
    }

    public static DocumentChange change(String id, long offset, String text, List<Header> headers) {
        RawRecord source = raw(0, offset, text);
        return new DocumentChange(
                COLLECTION,
                id,
                new Version(source.timestampMs(), 0, offset),
                document(id, text),
                new RawRecord("documents", 0, offset, source.timestampMs(), source.key(), source.value(), headers));
    }

    public static DocumentChange delete(String id, long offset) {
        return new DocumentChange(COLLECTION, id, new Version(1_000 + offset, 0, offset), null, raw(0, offset, ""));
    }

    public static Document document(String id, String text) {
        return new Document(id, COLLECTION, List.of(new Field("text", text)), """
                {"length":%d}""".formatted(text.length()), null);
    }

    public static Query query(String text) {
        return query(text, 10, null, 0);
    }

    public static Query query(String text, int candidates, @Nullable String filter, long timeoutMs) {
        return query(text, candidates, filter, timeoutMs, System.currentTimeMillis());
    }

    public static Query query(String text, int candidates, @Nullable String filter, long timeoutMs, long now) {
        Origin origin = new Origin("queries", 0, 0, now, now, null, List.of());
        return new Query(
                origin, text, text, COLLECTION, candidates, 10, List.of(), null, false, true, filter, timeoutMs, null);
    }

    public static Query retrieved(Query query, RetrievalMode mode) {
        return new Query(
                query.origin(),
                query.id(),
                query.text(),
                query.collection(),
                mode,
                query.candidates(),
                query.topN(),
                query.rankFields(),
                query.minScore(),
                query.returnDocuments(),
                query.returnLogits(),
                query.filter(),
                query.timeoutMs(),
                query.documents(),
                query.embedding(),
                query.reply(),
                query.remarks());
    }

    public static Query rankedBy(Query query, String... fields) {
        return new Query(
                query.origin(),
                query.id(),
                query.text(),
                query.collection(),
                query.candidates(),
                query.topN(),
                List.of(fields),
                query.minScore(),
                query.returnDocuments(),
                query.returnLogits(),
                query.filter(),
                query.timeoutMs(),
                query.documents());
    }

    public static CorpusUpdate update(String id, long offset, @Nullable String text, float @Nullable ... vector) {
        return CorpusUpdate.of(
                new DocumentKey(COLLECTION, id),
                new Version(1_000 + offset, 0, offset),
                text == null ? null : document(id, text),
                text == null ? null : new Embedding(vector));
    }
}
