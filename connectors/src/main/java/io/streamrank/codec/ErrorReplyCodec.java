// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.DocumentKey;
import org.jspecify.annotations.Nullable;

/** Writes what the sender of a refused query is told: {@code {"id":…,"error":{"code":…,"message":…}}}. */
public final class ErrorReplyCodec {
    private ErrorReplyCodec() {}

    /** Writes the reason of a dead letter, with the query's id if the query has one that can be read. */
    public static byte[] encode(DeadLetter letter) {
        String id = id(letter.record().value());
        return Json.bytes(json -> {
            if (id != null) {
                json.writeStringField("id", id);
            }
            json.writeObjectFieldStart("error");
            json.writeStringField("code", letter.cause());
            json.writeStringField("message", letter.message());
            json.writeEndObject();
        });
    }

    private static @Nullable String id(byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        try {
            JsonNode query = Json.MAPPER.readTree(Utf8.decode(value, "the value"));
            String id = query == null ? null : FlatDocuments.id(query.path("id"));
            return id == null || id.length() > DocumentKey.MAX_CHARS ? null : id;
        } catch (JsonProcessingException | CodecException notReadable) {
            return null;
        }
    }
}
