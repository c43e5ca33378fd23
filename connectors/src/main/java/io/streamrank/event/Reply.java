// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the text that a language model wrote from the best documents, or why there is none.
 *
 * @param text null where there is none
 * @param error why there is no text: {@code timeout}, {@code overload}, {@code model_error}, {@code refused}, {@code too_long},
 *     {@code no_sources} or {@code not_configured}; null where there is one
 * @param model as the provider names it
 * @param citations the documents that the text names, each once, in the text's order
 * @param finishReason as the provider gives it
 * @param promptTokens that the provider counted
 * @param completionTokens that the provider counted
 * @param droppedSources documents that the model was not shown, as all together were too long
 */
public record Reply(
        @Nullable String text,
        @Nullable String error,
        @Nullable String model,
        List<Citation> citations,
        @Nullable String finishReason,
        long promptTokens,
        long completionTokens,
        int droppedSources) {
    public Reply {
        citations = List.copyOf(citations);
    }

    /** Makes the reply of one that could not be written. */
    public static Reply failed(String error) {
        return new Reply(null, error, null, List.of(), null, 0, 0, 0);
    }

    /**
     * Says which document a reply's {@code [n]} means.
     *
     * @param n from 1
     * @param id null for a document of the query's own that has none
     */
    public record Citation(int n, @Nullable String id) {}

    /**
     * Holds a document that a reply may cite.
     *
     * @param id null for a document of the query's own that has none
     * @param text as the reranker read it
     */
    public record Source(@Nullable String id, String text) {}

    /**
     * Asks for a text that is written from the best documents.
     *
     * @param instructions added to the job's own; null for none
     * @param maxTokens of the text; 0 for the job's default
     * @param documents to write it from; 0 for the job's default
     */
    public record Request(@Nullable String instructions, int maxTokens, int documents) {}

    /**
     * Says what a reply is to be written from. Travels with an answer until the reply is written, and is on no topic.
     *
     * @param sources best first, at least one
     * @param dropped documents that were left out, as all together were too long
     * @param timeoutMs the query's, which counts from its record's timestamp; 0 for none
     */
    public record Order(Request request, List<Source> sources, int dropped, long timeoutMs) {
        public Order {
            sources = List.copyOf(sources);
        }
    }
}
