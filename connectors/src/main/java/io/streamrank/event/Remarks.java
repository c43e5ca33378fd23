// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells what was dropped, not found or not used on the way to an answer. Each step adds its own.
 *
 * @param duplicates retrieved documents that were left out, as a nearer one has the same text
 * @param noText documents without a score, as they have no text in the ranked fields
 * @param belowMinScore scored documents that were left out, as they do not reach the query's least score
 * @param ignored paths of members of the query that were not used
 * @param invalidDocuments why documents of the query could not be read, one sentence each
 * @param missingRankFields ranked fields that none of the candidates has
 * @param missingFilterFields names in the filter that no document of the collection has
 * @param missingCollection the collection that was searched and has no document; null if it has some
 * @param coverage how much of the corpus was searched; null for all of it
 */
public record Remarks(
        int duplicates,
        int noText,
        int belowMinScore,
        List<String> ignored,
        List<String> invalidDocuments,
        List<String> missingRankFields,
        List<String> missingFilterFields,
        @Nullable String missingCollection,
        @Nullable Coverage coverage) {
    /**
     * Tells how much of a corpus in shards was searched for an answer, where it was not all of it.
     *
     * @param shards that answered in time
     * @param of how many there are
     */
    public record Coverage(int shards, int of) {}

    /** Most elements of each list; further ones are left out. */
    public static final int MAX_ELEMENTS = 16;

    public static final Remarks NONE = new Remarks(0, 0, 0, List.of(), List.of(), List.of(), List.of(), null, null);

    public Remarks {
        ignored = limited(ignored.stream());
        invalidDocuments = limited(invalidDocuments.stream());
        missingRankFields = limited(missingRankFields.stream());
        missingFilterFields = limited(missingFilterFields.stream());
    }

    /** Makes the remarks of decoding a query. */
    public static Remarks ofQuery(List<String> ignored, List<String> invalidDocuments) {
        return new Remarks(0, 0, 0, ignored, invalidDocuments, List.of(), List.of(), null, null);
    }

    /** Makes the remarks of a search that left out copies and looked in vain for some names of the filter. */
    public static Remarks ofSearch(int duplicates, List<String> missingFilterFields) {
        return new Remarks(duplicates, 0, 0, List.of(), List.of(), List.of(), missingFilterFields, null, null);
    }

    /** Makes the remarks of a search in a collection that has no document. */
    public static Remarks ofMissingCollection(String collection) {
        return new Remarks(0, 0, 0, List.of(), List.of(), List.of(), List.of(), collection, null);
    }

    /** Makes the remarks of a search that some shards of the corpus did not take part in. */
    public static Remarks ofCoverage(Coverage coverage) {
        return new Remarks(0, 0, 0, List.of(), List.of(), List.of(), List.of(), null, coverage);
    }

    /** Makes the remarks of ranking. */
    public static Remarks ofRanking(int noText, int belowMinScore, List<String> missingRankFields) {
        return new Remarks(0, noText, belowMinScore, List.of(), List.of(), missingRankFields, List.of(), null, null);
    }

    /** Returns these remarks with those of another step. */
    public Remarks plus(Remarks other) {
        return new Remarks(
                duplicates + other.duplicates,
                noText + other.noText,
                belowMinScore + other.belowMinScore,
                joined(ignored, other.ignored),
                joined(invalidDocuments, other.invalidDocuments),
                joined(missingRankFields, other.missingRankFields),
                joined(missingFilterFields, other.missingFilterFields),
                missingCollection == null ? other.missingCollection : missingCollection,
                coverage == null ? other.coverage : coverage);
    }

    private static List<String> joined(List<String> first, List<String> second) {
        return limited(Stream.concat(first.stream(), second.stream()));
    }

    private static List<String> limited(Stream<String> elements) {
        return elements.limit(MAX_ELEMENTS).toList();
    }
}
