// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.endpoint.EndpointAnswer;
import io.streamrank.inference.endpoint.RefusedException;
import io.streamrank.inference.endpoint.ServerErrorException;
import io.streamrank.inference.endpoint.Urgency;
import io.streamrank.inference.hosted.HostedReranker.Loaded;
import io.streamrank.inference.model.Bill;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Rated;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.pairs.Digest;
import io.streamrank.inference.pairs.PairKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks for the scores of one query's passages: a pair that is known, or that another query has asked for, costs nothing. If the
 * other query gets no score, this one asks by itself, as it may have more time or other passages.
 *
 * <p>A request that the endpoint refuses is asked in halves, so that only the pair at fault has no score. Thread-safe.
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
    /** Requests that may be split on top of those that lead to one pair at fault, as there may be more than one. */
    private static final int SPARE_SPLITS = 2;

    static HostedQuery of(Loaded model, String query, List<String> passages, long deadlineNanos) {
        List<String> distinct = List.copyOf(new LinkedHashSet<>(passages));
        Digest context = ScoreStore.context(query, model.codec().isPointwise() ? List.of() : distinct);
        return new HostedQuery(model, query, passages, distinct, context, deadlineNanos, new ConcurrentHashMap<>());
    }

    /** Returns one outcome a passage, in their order; fails if no passage has a score. */
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
        List<HostedPair> all = distinct.stream()
                .map(passage -> pairs.computeIfAbsent(
                        passage, other -> new HostedPair(new PairKey(context, Digest.of(other)), other, deadlineNanos)))
                .toList();
        return ask(all, new AtomicInteger());
    }

    private CompletableFuture<?> askInParts(List<HostedPair> pairs) {
        int levels = Integer.SIZE - Integer.numberOfLeadingZeros(pairs.size()); // until a pair is alone
        AtomicInteger splits = new AtomicInteger(levels + SPARE_SPLITS);
        List<CompletableFuture<?>> requests = new ArrayList<>();
        for (int from = 0; from < pairs.size(); from += model.mostPairs()) {
            requests.add(ask(pairs.subList(from, Math.min(from + model.mostPairs(), pairs.size())), splits));
        }
        return CompletableFuture.allOf(requests.toArray(new CompletableFuture<?>[0]));
    }

    /**
     * Sends one request; all of its pairs are settled with it.
     *
     * @param splits how many more requests may be split where they are refused
     */
    private CompletableFuture<Void> ask(List<HostedPair> part, AtomicInteger splits) {
        return post(part.stream().map(pair -> pair.passage).toList())
                .thenAccept(answer -> keep(part, answer))
                .exceptionallyCompose(failure -> failed(part, InferenceException.causeOf(failure), splits));
    }

    /** Looks for the pair that is at fault where the others can be scored without it; else tells all who wait. */
    private CompletableFuture<Void> failed(List<HostedPair> part, Throwable failure, AtomicInteger splits) {
        boolean pairMayBeAtFault = model.codec().isPointwise()
                && (failure instanceof RefusedException || failure instanceof ServerErrorException);
        if (pairMayBeAtFault && part.size() > 1 && splits.getAndDecrement() > 0) {
            return askInHalves(part, splits);
        }
        if (pairMayBeAtFault) {
            Failed outcome = new Failed(String.valueOf(failure.getMessage()), 0, false);
            part.forEach(pair -> byPassage.put(pair.passage, outcome));
        }
        part.forEach(pair -> model.scores().failed(pair, failure));
        return pairMayBeAtFault ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(failure);
    }

    /** Asks for the shorter passages and for the longer ones, so that those that are too long are soon together. */
    private CompletableFuture<Void> askInHalves(List<HostedPair> part, AtomicInteger splits) {
        List<HostedPair> byLength = part.stream()
                .sorted(Comparator.comparingInt(pair -> pair.passage.length()))
                .toList();
        int half = byLength.size() / 2;
        return CompletableFuture.allOf(
                askHalf(byLength.subList(0, half), splits), askHalf(byLength.subList(half, byLength.size()), splits));
    }

    /** Asks for one half. If it gets no answer, the scores of the other stay. */
    private CompletableFuture<Void> askHalf(List<HostedPair> part, AtomicInteger splits) {
        return ask(part, splits).exceptionallyCompose(thrown -> {
            Throwable cause = InferenceException.causeOf(thrown);
            if (cause instanceof UnavailableException) {
                return CompletableFuture.failedFuture(cause); // the task has to start again
            }
            Failed outcome = new Failed(String.valueOf(cause.getMessage()), 0, false);
            part.forEach(pair -> byPassage.putIfAbsent(pair.passage, outcome));
            return CompletableFuture.completedFuture(null);
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

    /** Repeats the outcome of a text that is there twice, but not its bill. Fails if no passage has a score. */
    private List<PairOutcome> inOrder() {
        List<PairOutcome> ordered = new ArrayList<>(passages.size());
        for (String passage : passages) {
            PairOutcome outcome = byPassage.get(passage);
            if (outcome == null) {
                throw new IllegalStateException("a passage has no outcome");
            }
            ordered.add(outcome);
            if (outcome instanceof Rated rated) {
                byPassage.put(passage, new Rated(rated.relevance(), rated.logit(), 0, Bill.NONE));
            }
        }
        if (!ordered.isEmpty() && ordered.stream().allMatch(Failed.class::isInstance)) {
            throw new CompletionException(
                    new InferenceException(String.valueOf(ordered.get(0).failure())));
        }
        return ordered;
    }
}
