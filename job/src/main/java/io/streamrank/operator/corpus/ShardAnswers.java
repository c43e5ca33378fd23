// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.event.Remarks.Coverage;
import io.streamrank.event.Retrieval;
import io.streamrank.event.Retrieval.SparseMatch;
import io.streamrank.event.RetrievalMode;
import io.streamrank.operator.corpus.HybridCandidates.Chosen;
import io.streamrank.retrieval.Nearest;
import io.streamrank.retrieval.Neighbor;
import io.streamrank.retrieval.RankFusion.Fused;
import io.streamrank.retrieval.sparse.Bm25;
import io.streamrank.state.Candidate;
import io.streamrank.state.Candidates;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.ShardAnswer;
import io.streamrank.state.SparseMatches;
import io.streamrank.state.TextTemplate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the candidates of a query from what shards found for it, as a whole corpus would give them. */
final class ShardAnswers {
    private static final Comparator<Neighbor<Candidate>> BEST_FIRST = Comparator.comparingDouble(
                    (Neighbor<Candidate> found) -> -found.score())
            .thenComparing(Neighbor::id);

    private final EmbeddedQuery embedded;
    private final List<ShardAnswer> there;
    private final List<ShardAnswer> searched;
    private final @Nullable TextTemplate distinctText;
    private final Nearest<Candidate> nearest;
    private final @Nullable SparseRescorer rescorer;
    private final Nearest<Candidate> best;

    /**
     * @param there the answers that have come
     * @param bm25 as the shards have it
     * @param distinctText as the shards have it
     */
    ShardAnswers(EmbeddedQuery embedded, List<ShardAnswer> there, Bm25 bm25, @Nullable TextTemplate distinctText) {
        this.embedded = embedded;
        this.there = there;
        this.searched =
                there.stream().filter(answer -> answer.refusal() == null).toList();
        this.distinctText = distinctText == null
                ? null
                : distinctText.orFields(embedded.query().rankFields());
        this.nearest = distinct(searched.stream()
                .flatMap(answer -> answer.candidates().stream())
                .map(found -> new Neighbor<>(
                        Objects.requireNonNull(found.document().id()),
                        found,
                        0,
                        Objects.requireNonNull(cosine(found)).floatValue()))
                .toList());
        List<SparseMatches> sparse = searched.stream()
                .map(ShardAnswer::sparse)
                .filter(Objects::nonNull)
                .toList();
        this.rescorer = sparse.isEmpty() ? null : new SparseRescorer(sparse, bm25);
        this.best = distinct(rescorer == null ? List.of() : rescorer.matches());
    }

    /** Returns whether the candidates by the query's words are certainly those of a whole corpus. */
    boolean isProven() {
        return rescorer == null
                || rescorer.isProven(best.neighbors(), embedded.query().candidates());
    }

    /** Returns as many of the best as the query asks for, of copies the best only. */
    private Nearest<Candidate> distinct(List<Neighbor<Candidate>> found) {
        List<Neighbor<Candidate>> kept = new ArrayList<>();
        List<String> copies = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (Neighbor<Candidate> each : found.stream().sorted(BEST_FIRST).toList()) {
            if (kept.size() == embedded.query().candidates()) {
                break;
            }
            String key = key(each.document());
            if (key != null && !keys.add(key)) {
                copies.add(each.id());
            } else {
                kept.add(new Neighbor<>(each.id(), each.document(), kept.size(), each.score()));
            }
        }
        return new Nearest<>(kept, copies);
    }

    private @Nullable String key(Candidate candidate) {
        return distinctText == null ? null : CollectionIndex.keyOf(candidate.document(), distinctText);
    }

    /** @param waitedMs for shards, after the first */
    Candidates candidates(long waitedMs) {
        Query query = embedded.query();
        Chosen chosen = chosen();
        long searchMs =
                searched.stream().mapToLong(ShardAnswer::retrieveMs).max().orElse(0);
        return new Candidates(
                query,
                chosen.candidates(),
                reason(),
                embedded.embedMs(),
                searchMs + waitedMs,
                query.remarks().plus(remarks(chosen.copies())));
    }

    private Chosen chosen() {
        if (rescorer == null) {
            return listed(nearest, found -> retrieval(found, null));
        }
        if (embedded.embedding() == null || embedded.query().retrieval() == RetrievalMode.SPARSE) {
            return listed(best, found -> retrieval(found, match(found)));
        }
        return HybridCandidates.choose(nearest, best, embedded.query().candidates(), this::key, ShardAnswers::fused);
    }

    private static Chosen listed(Nearest<Candidate> list, Function<Neighbor<Candidate>, Retrieval> retrieval) {
        return new Chosen(
                list.neighbors().stream()
                        .map(found -> new Candidate(found.document().document(), retrieval.apply(found)))
                        .toList(),
                list.copies().size());
    }

    private static Retrieval retrieval(Neighbor<Candidate> found, @Nullable SparseMatch match) {
        return new Retrieval(found.rank(), cosine(found.document()), null, match);
    }

    private static Candidate fused(int rank, Fused<Candidate> fused) {
        Neighbor<Candidate> dense = fused.dense();
        Neighbor<Candidate> sparse = fused.sparse();
        return new Candidate(
                fused.document().document(),
                new Retrieval(
                        rank,
                        cosine(fused.document()),
                        dense == null ? null : (Integer) dense.rank(),
                        sparse == null ? null : match(sparse)));
    }

    private static SparseMatch match(Neighbor<Candidate> found) {
        return new SparseMatch(found.rank(), found.score());
    }

    private static @Nullable Double cosine(Candidate candidate) {
        return Objects.requireNonNull(candidate.retrieval()).score();
    }

    private @Nullable DegradedReason reason() {
        if (embedded.degradedReason() != null) {
            return embedded.degradedReason();
        }
        return isWhole()
                ? null
                : there.stream()
                        .map(ShardAnswer::refusal)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(DegradedReason.TIMEOUT);
    }

    private boolean isWhole() {
        return !there.isEmpty() && searched.size() == there.get(0).shards();
    }

    /** Returns what all shards miss, as each has only some of the documents. */
    private Remarks remarks(int copies) {
        Remarks remarks = Remarks.ofSearch(
                copies
                        + searched.stream()
                                .mapToInt(answer -> answer.remarks().duplicates())
                                .sum(),
                missingEverywhere());
        if (!there.isEmpty() && !isWhole()) {
            return remarks.plus(Remarks.ofCoverage(
                    new Coverage(searched.size(), there.get(0).shards())));
        }
        String missing = searched.isEmpty() ? null : searched.get(0).remarks().missingCollection();
        boolean missedByAll =
                searched.stream().allMatch(answer -> answer.remarks().missingCollection() != null);
        return missing == null || !missedByAll ? remarks : remarks.plus(Remarks.ofMissingCollection(missing));
    }

    private List<String> missingEverywhere() {
        List<ShardAnswer> having = searched.stream()
                .filter(answer -> answer.remarks().missingCollection() == null)
                .toList();
        return having.isEmpty()
                ? List.of()
                : having.get(0).remarks().missingFilterFields().stream()
                        .filter(name -> having.stream()
                                .allMatch(answer ->
                                        answer.remarks().missingFilterFields().contains(name)))
                        .toList();
    }
}
