// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.endpoint.EndpointAnswer;
import io.streamrank.inference.endpoint.Urgency;
import io.streamrank.inference.hosted.HostedReranker.Loaded;
import io.streamrank.inference.model.Bill;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Rated;
import io.streamrank.inference.pairs.Digest;
import io.streamrank.inference.pairs.PairKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks for the scores of one query's passages: a pair that is known, or that another query has asked for, costs nothing. If the
 * other query gets no score, this one asks by itself, as it may have more time or other passages. Thread-safe.
 *
 * @param passages in the order of the outcomes
 * @param distinct each of them once
 * @param context what scores depend on next to the passage
 * @param byPassage outcomes, as they come
 */
record HostedQuery(
        Loaded model,
        String query,
        List<String> passages,
        List<String> distinct,
        Digest context,
        long deadlineNanos,
        Map<String, PairOutcome> byPassage) {

    static HostedQuery of(Loaded model, String query, List<String> passages, long deadlineNanos) {
        List<String> distinct = List.copyOf(new LinkedHashSet<>(passages));
        Digest context = ScoreStore.context(query, model.codec().isPointwise() ? List.of() : distinct);
        return new HostedQuery(model, query, passages, distinct, context, deadlineNanos, new ConcurrentHashMap<>());
    }

    /** Returns one outcome a passage, in their order. */
    CompletableFuture<List<PairOutcome>> outcomes() {
        return askFor(distinct).thenApply(done -> inOrder());
    }

    /** Takes what is known, waits for what others asked for, and asks for the rest. */
    private CompletableFuture<?> askFor(List<String> wanted) {
        List<HostedPair> mine = new ArrayList<>();
        List<HostedPair> joined = new ArrayList<>();
        for (String passage : wanted) {
            PairKey key = new PairKey(context, Digest.of(passage));
            Double known = model.scores().get(key);
            if (known != null) {
                byPassage.put(passage, rated(known, 0, Bill.SAVED));
                continue;
            }
            HostedPair pair = new HostedPair(key, passage, deadlineNanos);
            HostedPair started = model.scores().startOrJoin(pair);
            (started == pair && !pair.isDone() ? mine : joined).add(started);
        }
        if (!mine.isEmpty() && !model.codec().isPointwise()) {
            return askForAll(mine); // each score depends on all passages
        }
        CompletableFuture<?> own = askInParts(mine);
        if (joined.isEmpty()) {
            return own;
        }
        CompletableFuture<Void> both = CompletableFuture.allOf(own, join(joined));
        CompletableFuture<?> unused = own.whenComplete((done, failure) -> {
            if (failure != null) {
                both.completeExceptionally(failure); // without waiting for the others
            }
        });
        return both;
    }

    private CompletableFuture<?> askForAll(List<HostedPair> started) {
        Map<String, HostedPair> pairs = new HashMap<>();
        started.forEach(pair -> pairs.put(pair.passage, pair));
        return ask(distinct.stream()
                .map(passage -> pairs.computeIfAbsent(
                        passage, other -> new HostedPair(new PairKey(context, Digest.of(other)), other, deadlineNanos)))
                .toList());
    }

    private CompletableFuture<?> askInParts(List<HostedPair> pairs) {
        List<CompletableFuture<?>> requests = new ArrayList<>();
        for (int from = 0; from < pairs.size(); from += model.mostPairs()) {
            requests.add(ask(pairs.subList(from, Math.min(from + model.mostPairs(), pairs.size()))));
        }
        return CompletableFuture.allOf(requests.toArray(new CompletableFuture<?>[0]));
    }

    /** Sends one request; all of its pairs are settled with it. */
    private CompletableFuture<?> ask(List<HostedPair> part) {
        return post(part.stream().map(pair -> pair.passage).toList())
                .thenAccept(answer -> keep(part, answer))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        part.forEach(pair -> model.scores().failed(pair, InferenceException.causeOf(failure)));
                    }
                });
    }

    private CompletableFuture<EndpointAnswer<double[]>> post(List<String> part) {
        long tokens = part.size() * ApiJson.estimate(query)
                + part.stream().mapToLong(ApiJson::estimate).sum();
        try {
            return model.endpoint()
                    .post(
                            model.codec().request(query, part),
                            tokens,
                            Urgency.QUERY,
                            deadlineNanos,
                            body -> model.codec().read(body, part.size()));
        } catch (RuntimeException e) { // else all who join would wait for ever
            return CompletableFuture.failedFuture(e);
        }
    }

    private void keep(List<HostedPair> part, EndpointAnswer<double[]> answer) {
        model.pairs().add(part.size());
        int tokens = (int) Math.min(Integer.MAX_VALUE, answer.tokens());
        Bill bill = new Bill(answer.searchUnits(), answer.searchUnits() > 0 ? 0 : answer.tokens(), 0);
        for (int i = 0; i < part.size(); i++) {
            double score = answer.value()[i];
            byPassage.put(part.get(i).passage, rated(score, i == 0 ? tokens : 0, i == 0 ? bill : Bill.NONE));
            model.scores().scored(part.get(i), score);
        }
    }

    /** Waits for what others asked for. What they do not get is asked for by this call: it may have more time than they. */
    private CompletableFuture<?> join(List<HostedPair> joined) {
        CompletableFuture<?>[] settled = joined.stream()
                .map(pair -> pair.handle((score, failure) -> null))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture<Void> all = CompletableFuture.allOf(settled);
        if (joined.stream().anyMatch(pair -> !pair.isDone() && pair.deadlineNanos > deadlineNanos)) {
            long left = Math.max(0, deadlineNanos - model.endpoint().now());
            model.endpoint().after(Duration.ofNanos(left), () -> all.completeExceptionally(late()));
        }
        return all.thenCompose(done -> {
            List<String> missing = new ArrayList<>();
            for (HostedPair pair : joined) {
                if (pair.isCompletedExceptionally()) {
                    missing.add(pair.passage);
                } else {
                    byPassage.put(pair.passage, rated(pair.join(), 0, Bill.SAVED));
                }
            }
            return missing.isEmpty() ? CompletableFuture.completedFuture(null) : askFor(missing);
        });
    }

    private DeadlineExceededException late() {
        return new DeadlineExceededException(
                model.info().name() + " did not answer before the deadline; allow more time or send less.");
    }

    private Rated rated(double score, int tokens, Bill bill) {
        return model.codec().givesLogits()
                ? new Rated(HostedReranker.sigmoid(score), (float) score, tokens, bill)
                : new Rated(score, null, tokens, bill);
    }

    /** Repeats the outcome of a text that is there twice, but not its bill. */
    private List<PairOutcome> inOrder() {
        List<PairOutcome> ordered = new ArrayList<>(passages.size());
        for (String passage : passages) {
            PairOutcome outcome = byPassage.get(passage);
            if (!(outcome instanceof Rated rated)) {
                throw new IllegalStateException("a passage has no outcome");
            }
            ordered.add(rated);
            byPassage.put(passage, new Rated(rated.relevance(), rated.logit(), 0, Bill.NONE));
        }
        return ordered;
    }
}
