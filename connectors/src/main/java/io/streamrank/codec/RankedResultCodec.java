// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import io.streamrank.event.Hit;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Remarks;
import io.streamrank.event.Reply;
import io.streamrank.event.Reply.Citation;
import io.streamrank.event.Retrieval;
import io.streamrank.event.Retrieval.SparseMatch;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import io.streamrank.event.Usage.Billed;
import io.streamrank.message.Excerpt;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers as JSON; {@link ResultTrimmer} makes those smaller that are too large for a record. A document is shown
 * flat, whatever form it came in: {@code {"id":…,"title":…,"overview":…,"metadata":{…}}}.
 * Thread-safe.
 */
public final class RankedResultCodec implements Serializable {
    /** Writes the whole answer. */
    public byte[] encode(RankedResult result) {
        return encode(result, result.results(), true);
    }

    /** Writes the answer within {@code maxBytes}, and trims it if it would be larger. */
    public byte[] encode(RankedResult result, int maxBytes) {
        byte[] bytes = encode(result);
        return bytes.length > maxBytes ? ResultTrimmer.trim(result, maxBytes) : bytes;
    }

    /** Writes the answer with some of its hits, with or without their documents, and counts what is left out. */
    static byte[] encode(RankedResult result, List<Hit> hits, boolean withDocuments) {
        int omittedHits = result.results().size() - hits.size();
        int omittedDocuments = withDocuments
                ? 0
                : (int) hits.stream().filter(hit -> hit.document() != null).count();
        return Json.bytes(json -> {
            json.writeStringField("id", result.id());
            json.writeStringField("query", result.query());
            json.writeStringField("model", result.model());
            json.writeArrayFieldStart("results");
            for (Hit hit : hits) {
                write(json, hit, withDocuments);
            }
            json.writeEndArray();
            json.writeBooleanField("degraded", result.degraded());
            if (result.degradedReason() != null) {
                json.writeStringField("degraded_reason", result.degradedReason().wireName());
            }
            if (result.reply() != null) {
                write(json, result.reply());
            }
            json.writeObjectFieldStart("usage");
            write(json, result.usage());
            write(json, "omitted_documents", omittedDocuments);
            write(json, "omitted_hits", omittedHits);
            json.writeEndObject();
            write(json, result.timing());
        });
    }

    private static void write(JsonGenerator json, Hit hit, boolean withDocuments) throws IOException {
        json.writeStartObject();
        json.writeNumberField("index", hit.index());
        if (hit.id() != null) {
            json.writeStringField("id", hit.id());
        }
        write(json, "relevance_score", hit.relevanceScore());
        if (hit.logit() != null) {
            write(json, "logit", hit.logit());
        }
        Document document = hit.document();
        if (document != null && withDocuments) {
            write(json, document);
        }
        Retrieval retrieval = hit.retrieval();
        if (retrieval != null) {
            json.writeObjectFieldStart("retrieval");
            json.writeNumberField("rank", retrieval.rank());
            write(json, "score", retrieval.score());
            writeLists(json, retrieval);
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** Writes where the hit is in the lists that were fused. */
    private static void writeLists(JsonGenerator json, Retrieval retrieval) throws IOException {
        if (retrieval.denseRank() != null) {
            json.writeNumberField("dense_rank", retrieval.denseRank());
        }
        SparseMatch sparse = retrieval.sparse();
        if (sparse != null) {
            json.writeObjectFieldStart("sparse");
            json.writeNumberField("rank", sparse.rank());
            write(json, "score", sparse.score());
            json.writeEndObject();
        }
    }

    /** Writes null for what JSON cannot hold, such as NaN. */
    private static void write(JsonGenerator json, String name, @Nullable Double number) throws IOException {
        if (number == null || !Double.isFinite(number)) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, number);
        }
    }

    private static void write(JsonGenerator json, Document document) throws IOException {
        json.writeObjectFieldStart("document");
        if (document.id() != null) {
            json.writeStringField("id", document.id());
        }
        for (Field field : document.fields()) {
            json.writeStringField(field.name(), field.text());
        }
        if (document.metadata() != null) {
            json.writeFieldName("metadata");
            json.writeRawValue(document.metadata());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Usage usage) throws IOException {
        json.writeNumberField("pairs", usage.pairs());
        json.writeNumberField("tokens", usage.tokens());
        if (usage.truncated() == null) {
            json.writeNullField("truncated");
        } else {
            json.writeNumberField("truncated", usage.truncated());
        }
        if (usage.billed() != null) {
            write(json, usage.billed());
        }
        write(json, usage.remarks());
    }

    private static void write(JsonGenerator json, Reply reply) throws IOException {
        json.writeObjectFieldStart("reply");
        if (reply.text() == null) {
            json.writeStringField("error", reply.error());
            json.writeEndObject();
            return;
        }
        json.writeStringField("text", reply.text());
        json.writeStringField("model", reply.model());
        json.writeArrayFieldStart("citations");
        for (Citation citation : reply.citations()) {
            json.writeStartObject();
            json.writeNumberField("n", citation.n());
            json.writeStringField("id", citation.id());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("finish_reason", reply.finishReason());
        write(json, "dropped_sources", reply.droppedSources());
        json.writeObjectFieldStart("usage");
        json.writeNumberField("prompt_tokens", reply.promptTokens());
        json.writeNumberField("completion_tokens", reply.completionTokens());
        json.writeEndObject();
        json.writeEndObject();
    }

    /** Writes what the provider charges for, and what it did not have to be asked. */
    private static void write(JsonGenerator json, Billed billed) throws IOException {
        json.writeObjectFieldStart("billed");
        if (billed.searchUnits() > 0 && billed.searchUnits() == Math.rint(billed.searchUnits())) {
            json.writeNumberField("search_units", (long) billed.searchUnits());
        } else if (billed.searchUnits() > 0) {
            json.writeNumberField("search_units", billed.searchUnits());
        }
        if (billed.tokens() > 0) {
            json.writeNumberField("tokens", billed.tokens());
        }
        write(json, "saved_pairs", billed.savedPairs());
        json.writeEndObject();
    }

    /** Writes only what there is to tell. */
    private static void write(JsonGenerator json, Remarks remarks) throws IOException {
        write(json, "duplicates", remarks.duplicates());
        write(json, "no_text", remarks.noText());
        write(json, "below_min_score", remarks.belowMinScore());
        write(json, "ignored", remarks.ignored());
        write(json, "invalid_documents", remarks.invalidDocuments());
        write(json, "missing_rank_fields", shortened(remarks.missingRankFields()));
        write(json, "missing_filter_fields", shortened(remarks.missingFilterFields()));
        if (remarks.missingCollection() != null) {
            json.writeStringField("missing_collection", remarks.missingCollection());
        }
        if (remarks.coverage() != null) {
            json.writeObjectFieldStart("coverage");
            json.writeNumberField("shards", remarks.coverage().shards());
            json.writeNumberField("of", remarks.coverage().of());
            json.writeEndObject();
        }
    }

    private static List<String> shortened(List<String> names) {
        return names.stream().map(Excerpt::text).toList();
    }

    private static void write(JsonGenerator json, String name, int count) throws IOException {
        if (count > 0) {
            json.writeNumberField(name, count);
        }
    }

    private static void write(JsonGenerator json, String name, List<String> elements) throws IOException {
        if (!elements.isEmpty()) {
            json.writeArrayFieldStart(name);
            for (String element : elements) {
                json.writeString(element);
            }
            json.writeEndArray();
        }
    }

    private static void write(JsonGenerator json, Timing timing) throws IOException {
        json.writeObjectFieldStart("timing_ms");
        json.writeNumberField("queue", timing.queueMs());
        json.writeNumberField("embed", timing.embedMs());
        json.writeNumberField("retrieve", timing.retrieveMs());
        json.writeNumberField("rerank", timing.rerankMs());
        json.writeNumberField("total", timing.totalMs());
        json.writeEndObject();
    }
}
