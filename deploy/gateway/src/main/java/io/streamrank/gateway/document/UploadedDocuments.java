// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.streamrank.gateway.query.ClientInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Holds the documents of a request, each as bytes that are still to be read.
 *
 * @param unit what the numbers count: {@code line}, from 1, or {@code index}, from 0
 */
public record UploadedDocuments(String unit, List<Part> parts) {
    /** Holds one document; the record owns the array. */
    public record Part(int number, byte[] value) {}

    public UploadedDocuments {
        parts = List.copyOf(parts);
    }

    /** Splits JSON lines; empty lines count but are left out. */
    public static UploadedDocuments ofLines(byte[] body) {
        List<Part> parts = new ArrayList<>();
        int line = 0;
        int from = 0;
        while (from < body.length) {
            int to = from;
            while (to < body.length && body[to] != '\n') {
                to++;
            }
            line++;
            byte[] value = Arrays.copyOfRange(body, from, to);
            if (!isBlank(value)) {
                parts.add(new Part(line, value));
            }
            from = to + 1;
        }
        return new UploadedDocuments("line", parts);
    }

    private static boolean isBlank(byte[] line) {
        for (byte one : line) {
            if (one != ' ' && one != '\t' && one != '\r') {
                return false;
            }
        }
        return true;
    }

    /** Takes a JSON array of documents, or one document. */
    public static UploadedDocuments ofJson(byte[] body) {
        List<Part> parts = new ArrayList<>();
        if (ClientInput.json(body) instanceof ArrayNode array) {
            for (JsonNode document : array) {
                parts.add(new Part(parts.size(), document.toString().getBytes(UTF_8)));
            }
        } else {
            parts.add(new Part(0, body));
        }
        return new UploadedDocuments("index", parts);
    }
}
