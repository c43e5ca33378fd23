// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.BlankText;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Header;
import io.streamrank.event.Origin;
import io.streamrank.event.Query;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Remarks;
import io.streamrank.event.Reply;
import io.streamrank.event.RetrievalMode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads records of the queries topic. Only {@code query} is required; {@link QueryDefaults} fill in the rest. Thread-safe. */
public final class QueryCodec implements Serializable {
    /** Limits the key and headers, which the answer carries too and which must fit into a record with its hits. */
    static final int MAX_KEY_AND_HEADER_BYTES = 65_536;

    static final long MAX_TIMEOUT_MS = 86_400_000;
    static final long MAX_REPLY_TOKENS = 100_000;
    static final long MAX_REPLY_DOCUMENTS = 100;

    private final Limits limits;
    private final QueryDefaults defaults;

    public QueryCodec(Limits limits, QueryDefaults defaults) {
        this.limits = limits;
        this.defaults = defaults;
    }

    /**
     * Decodes and validates the query that the record holds.
     *
     * @param arrivalMs when the job read the record, milliseconds since the epoch
     */
    public Decoded<Query> decode(RawRecord record, long arrivalMs) throws CodecException {
        JsonFields json = new JsonFields(object(record), "");
        String text = text(json);
        String id = json.id("id");
        String collection = DocumentCodec.collection(json);
        InlineDocuments inline = new InlineDocuments(limits, collection == null ? defaults.collection() : collection);
        List<Document> documents = documents(json, inline);
        // With documents of its own a query searches nothing: these stay unread then and are reported as ignored.
        Embedding embedding = documents == null ? EmbeddingCodec.read(json) : null;
        String filter = documents == null ? filter(json) : null;
        RetrievalMode retrieval = documents == null
                ? json.choice("retrieval", defaults.retrieval(), RetrievalMode::wireName)
                : defaults.retrieval();
        int topN = (int) json.count("top_n", defaults.topN(), 1, limits.topN());
        // Who wants more results than that and says nothing of candidates needs as many.
        int usual = Math.max(defaults.candidates(), Math.min(topN, limits.candidates()));
        int candidates = documents == null
                ? (int) json.count("candidates", usual, 1, limits.candidates())
                : defaults.candidates();
        List<String> rankFields = rankFields(json);
        Double minScore = json.number("min_score");
        boolean returnDocuments = json.flag("return_documents", defaults.returnDocuments());
        boolean returnLogits = json.flag("return_logits", defaults.returnLogits());
        long timeoutMs = json.count("timeout_ms", defaults.timeoutMs(), 0, MAX_TIMEOUT_MS);
        JsonFields asked = replyFields(json);
        Reply.Request reply = asked == null ? null : reply(asked);
        List<String> unknown = new ArrayList<>(json.unknown());
        unknown.addAll(inline.unknown());
        if (asked != null) {
            unknown.addAll(asked.unknown());
        }
        Query query = new Query(
                origin(record, arrivalMs),
                id == null ? fallbackId(record) : id,
                text,
                collection == null ? defaults.collection() : collection,
                retrieval,
                candidates,
                topN,
                rankFields,
                minScore,
                returnDocuments,
                returnLogits,
                filter,
                timeoutMs,
                documents,
                embedding,
                reply,
                Remarks.ofQuery(unknown, inline.invalid()));
        return new Decoded<>(query, unknown);
    }

    private ObjectNode object(RawRecord record) throws CodecException {
        requireSmallEnvelope(record);
        byte[] value = record.value();
        if (value == null) {
            throw CodecException.missing("the record has no value but must be a JSON object with a query");
        }
        return Json.recordOf(value, limits.recordBytes());
    }

    private String text(JsonFields json) throws CodecException {
        String text = json.text("query", limits.queryChars());
        if (text == null) {
            throw CodecException.missing("query is missing: it must say what to search for");
        }
        return text;
    }

    private static void requireSmallEnvelope(RawRecord record) throws CodecException {
        long bytes = record.key() == null ? 0 : record.key().length;
        for (Header header : record.headers()) {
            bytes += header.key().getBytes(UTF_8).length + (header.value() == null ? 0 : header.value().length);
        }
        if (bytes > MAX_KEY_AND_HEADER_BYTES) {
            throw CodecException.tooLarge(
                    "the record's key and headers hold %d bytes but at most %d are copied to an answer"
                            .formatted(bytes, MAX_KEY_AND_HEADER_BYTES));
        }
    }

    private @Nullable List<Document> documents(JsonFields json, InlineDocuments inline) throws CodecException {
        ArrayNode array = json.array("documents", limits.inlineDocuments());
        return array == null ? null : inline.read(array, "documents");
    }

    /** Returns the members of what asks for a reply, none for {@code true}; null where nothing does. */
    private static @Nullable JsonFields replyFields(JsonFields json) throws CodecException {
        JsonNode node = json.get("reply");
        if (node == null || node.isObject()) {
            return node == null ? null : new JsonFields((ObjectNode) node, "reply");
        }
        return json.flag("reply", false) ? new JsonFields(Json.newObject(), "reply") : null;
    }

    private Reply.Request reply(JsonFields asked) throws CodecException {
        return new Reply.Request(
                asked.text("instructions", limits.queryChars()),
                (int) asked.count("max_tokens", 0, 1, MAX_REPLY_TOKENS),
                (int) asked.count("documents", 0, 1, MAX_REPLY_DOCUMENTS));
    }

    private @Nullable String filter(JsonFields json) throws CodecException {
        ObjectNode filter = json.object("filter");
        if (filter == null || filter.isEmpty()) {
            return null;
        }
        FilterCodec.check(filter, limits);
        return Json.text(filter);
    }

    private List<String> rankFields(JsonFields json) throws CodecException {
        ArrayNode array = json.array("rank_fields", limits.fields());
        if (array == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>(array.size());
        for (JsonNode name : array) {
            names.add(JsonFields.anyText(name, "rank_fields[" + names.size() + "]", Json.MAX_NAME_CHARS));
        }
        return names;
    }

    @SuppressWarnings("NullAway") // it does not see the annotation on a compact constructor's array
    private static Origin origin(RawRecord record, long arrivalMs) {
        // Kafka's timestamp is -1 where there is none.
        long timestampMs = record.timestampMs() < 0 ? arrivalMs : record.timestampMs();
        return new Origin(
                record.topic(),
                record.partition(),
                record.offset(),
                timestampMs,
                arrivalMs,
                record.key(),
                record.headers());
    }

    /** Returns the key where it is a readable name, else where the record stands. */
    private static String fallbackId(RawRecord record) {
        String place = record.topic() + '-' + record.partition() + '-' + record.offset();
        byte[] key = record.key();
        if (key == null) {
            return place;
        }
        try {
            String name = Utf8.decode(key, "the record's key");
            boolean readable = !BlankText.isBlank(name)
                    && name.length() <= DocumentKey.MAX_CHARS
                    && name.chars().noneMatch(Character::isISOControl);
            return readable ? name : place;
        } catch (CodecException notText) {
            return place;
        }
    }
}
