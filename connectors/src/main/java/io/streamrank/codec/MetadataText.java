// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.message.Excerpt;
import org.jspecify.annotations.Nullable;

/** Checks a document's metadata, any JSON object within limits, and turns it into text. */
final class MetadataText {
    private MetadataText() {}

    /** Returns the metadata as JSON text; null where there is none or an empty object. */
    static @Nullable String text(@Nullable ObjectNode metadata, String path, Limits limits) throws CodecException {
        if (metadata == null || metadata.isEmpty()) {
            return null;
        }
        requireFinite(metadata, path);
        String text = Json.text(metadata);
        int bytes = text.getBytes(UTF_8).length;
        if (bytes > limits.metadataBytes()) {
            throw CodecException.tooLarge("%s holds %d bytes of JSON but at most %d are allowed"
                    .formatted(path, bytes, limits.metadataBytes()));
        }
        return text;
    }

    private static void requireFinite(JsonNode node, String path) throws CodecException {
        if (node.isNumber()) {
            JsonFields.finite(node, path);
        }
        for (var member : node.properties()) {
            requireFinite(member.getValue(), path + '.' + Excerpt.text(member.getKey()));
        }
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                requireFinite(node.get(i), path + '[' + i + ']');
            }
        }
    }
}
