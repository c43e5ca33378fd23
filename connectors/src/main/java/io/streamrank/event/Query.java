// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import io.streamrank.event.Reply.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds a query with every default filled in.
 *
 * @param id the query's own id, else its record key, else {@code topic-partition-offset}
 * @param text what is asked
 * @param collection the corpus to search
 * @param retrieval how the first stage finds its candidates
 * @param candidates how many documents the first stage retrieves, at least 1
 * @param topN how many hits the answer holds at most, at least 1
 * @param rankFields fields, in this order, that make up the text given to the cross-encoder; empty for the job's default; a
 *     document that has none of them comes last, without a score
 * @param minScore hits below this relevance score are left out; null for no limit
 * @param returnDocuments whether hits carry their documents
 * @param returnLogits whether hits carry the raw logit
 * @param filter a filter on metadata as JSON text, checked when the query was decoded; null for none
 * @param timeoutMs milliseconds from the record's timestamp after which a degraded answer is better than a late one; 0
 *     for no limit
 * @param documents rank these instead of retrieving; null to retrieve
 * @param embedding the query's own vector, of any length greater than 0; null to have it computed
 * @param reply asks for a text that is written from the best documents; null for none
 * @param remarks what of the query's record was not used
 */
public record Query(
        Origin origin,
        String id,
        String text,
        String collection,
        RetrievalMode retrieval,
        int candidates,
        int topN,
        List<String> rankFields,
        @Nullable Double minScore,
        boolean returnDocuments,
        boolean returnLogits,
        @Nullable String filter,
        long timeoutMs,
        @Nullable List<Document> documents,
        @Nullable Embedding embedding,
        @Nullable Request reply,
        Remarks remarks) {
    public Query {
        rankFields = List.copyOf(rankFields);
        documents = documents == null ? null : List.copyOf(documents);
    }

    /** Makes a query for dense retrieval, without a vector of its own or a reply, of whose record everything was used. */
    public Query(
            Origin origin,
            String id,
            String text,
            String collection,
            int candidates,
            int topN,
            List<String> rankFields,
            @Nullable Double minScore,
            boolean returnDocuments,
            boolean returnLogits,
            @Nullable String filter,
            long timeoutMs,
            @Nullable List<Document> documents) {
        this(
                origin,
                id,
                text,
                collection,
                RetrievalMode.DENSE,
                candidates,
                topN,
                rankFields,
                minScore,
                returnDocuments,
                returnLogits,
                filter,
                timeoutMs,
                documents,
                null,
                null,
                Remarks.NONE);
    }

    /** Returns the same query with other documents and another vector of its own; null for none. */
    public Query with(@Nullable List<Document> otherDocuments, @Nullable Embedding otherEmbedding) {
        return new Query(
                origin,
                id,
                text,
                collection,
                retrieval,
                candidates,
                topN,
                rankFields,
                minScore,
                returnDocuments,
                returnLogits,
                filter,
                timeoutMs,
                otherDocuments,
                otherEmbedding,
                reply,
                remarks);
    }
}
