// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.Document;
import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.event.Retrieval;
import io.streamrank.operator.corpus.FilterCache.ParsedFilter;
import io.streamrank.retrieval.FilterNames;
import io.streamrank.retrieval.FlatIndex;
import io.streamrank.retrieval.IndexedDocument;
import io.streamrank.retrieval.Nearest;
import io.streamrank.state.Candidate;
import io.streamrank.state.TextTemplate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the documents of one collection: their vectors, and the names that filters can find in them. Not thread-safe. */
final class CollectionIndex {
    /** Holds the candidates of a query, nearest first, and what is to be said about the search. */
    record Found(List<Candidate> candidates, Remarks remarks) {}

    private final FlatIndex<IndexedDocument> vectors;
    private final FilterNames names = new FilterNames();
    private final @Nullable TextTemplate distinctText;

    /** @param distinctText what documents with the same text have in common; null to find copies, too */
    CollectionIndex(int dimension, @Nullable TextTemplate distinctText) {
        this.vectors = new FlatIndex<>(dimension);
        this.distinctText = distinctText;
    }

    int size() {
        return vectors.size();
    }

    long bytes() {
        return vectors.bytes();
    }

    void put(String id, Embedding embedding, Document document) {
        removeNames(id);
        IndexedDocument indexed = IndexedDocument.of(document);
        vectors.put(id, embedding.values(), indexed);
        names.add(indexed);
    }

    void remove(String id) {
        removeNames(id);
        vectors.remove(id);
    }

    private void removeNames(String id) {
        IndexedDocument known = vectors.get(id);
        if (known != null) {
            names.remove(known);
        }
    }

    /** Returns as many of the nearest documents as the query asks for, of copies only the nearest. */
    Found search(Query query, Embedding embedding, @Nullable ParsedFilter filter) {
        TextTemplate text = distinctText == null ? null : distinctText.orFields(query.rankFields());
        Nearest<IndexedDocument> nearest = vectors.search(
                embedding.values(),
                query.candidates(),
                filter == null ? null : filter.predicate(),
                indexed -> text == null ? null : key(text, indexed.document()));
        List<Candidate> candidates = nearest.neighbors().stream()
                .map(found -> new Candidate(found.document().document(), new Retrieval(found.rank(), found.score())))
                .toList();
        List<String> missing = filter == null ? List.of() : names.missing(filter.paths());
        return new Found(candidates, Remarks.ofSearch(nearest.copies(), missing));
    }

    /** Of documents without a text nobody can tell that they are the same. */
    private static @Nullable String key(TextTemplate template, Document document) {
        String text = template.textOf(document);
        return text.isEmpty() ? null : text;
    }
}
