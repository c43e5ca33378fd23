// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.local.data.DocumentConverter;
import io.streamrank.message.Excerpt;

/** Brings the vectors of stores into the form that is shortest on the topic. */
final class StoreVectors {
    private StoreVectors() {}

    /** Returns whether the text is one such as {@code [1,2,3]}, as pgvector writes it. */
    static boolean isArray(String text) {
        return text.stripLeading().startsWith("[");
    }

    /**
     * Returns the numbers of a text such as {@code [1,2,3]}.
     *
     * @param what names the text in a message, e.g. {@code a column embedding}
     */
    static float[] numbers(String what, String text) {
        if (!(StoreJson.parsed(what, text) instanceof ArrayNode array)) {
            throw new IllegalArgumentException("has " + what + " that is no array of numbers: write [0.5,-2]");
        }
        return numbers(array);
    }

    /** Returns the numbers of an array. */
    static float[] numbers(ArrayNode array) {
        float[] numbers = new float[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode number = array.get(i);
            if (!number.isNumber()) {
                throw new IllegalArgumentException("has a vector whose number " + (i + 1) + " is "
                        + Excerpt.text(number.toString()) + ": give it numbers only, or leave it out");
            }
            numbers[i] = (float) number.doubleValue();
        }
        return numbers;
    }

    /** Gives a document its vector. */
    static void put(ObjectNode document, float[] vector) {
        if (vector.length == 0) {
            throw new IllegalArgumentException("has an empty vector: leave it out");
        }
        DocumentConverter.embed(document, vector);
    }
}
