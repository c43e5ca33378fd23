// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.batching.HungException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ItemFailedException;
import io.streamrank.inference.model.UnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Embeds texts again whose run hung, as nobody knows whether one of them was at fault, or which one, or the model. They are run
 * one after the other, each alone, and each only after the model has embedded a text that is surely right. A text fails if it
 * hung {@value #MOST} runs of its own, and the model still does the other text. A model that hangs on that, too, loses all its
 * runs: then it is not usable any more, which is told to all who wait. Thread-safe.
 *
 * <p>Example: of a run of three texts the second is at fault. It takes three lost runs to know: the one of all three, and two of
 * the second alone. The first and the third are embedded.
 */
final class HungTexts {
    private static final Logger LOG = LoggerFactory.getLogger(HungTexts.class);
    /** Runs of its own that a text may hang. */
    static final int MOST = 2;
    /** Is surely right. */
    static final String PROBE = "text";

    private final String model;
    private final Duration runTimeout;
    private final Function<String, CompletableFuture<float[]>> alone;

    @GuardedBy("this")
    private final Queue<Text> waiting = new ArrayDeque<>();

    /** Whether one of them is being tried. */
    @GuardedBy("this")
    private boolean trying;

    /**
     * @param model its name
     * @param runTimeout after which a run counts as hung
     * @param alone embeds a text in a run of its own
     */
    HungTexts(String model, Duration runTimeout, Function<String, CompletableFuture<float[]>> alone) {
        this.model = model;
        this.runTimeout = runTimeout;
        this.alone = alone;
    }

    /** @param hung runs of its own that it hung */
    private record Text(String text, CompletableFuture<float[]> vector, int hung) {
        Text hungAgain() {
            return new Text(text, vector, hung + 1);
        }
    }

    /** Embeds a text again, and tells the vector to whoever waits for it. */
    void add(String text, CompletableFuture<float[]> vector, HungException first) {
        boolean starts;
        synchronized (this) {
            waiting.add(new Text(text, vector, first.isAlone() ? 1 : 0));
            starts = !trying;
            trying = true;
        }
        if (starts) {
            LOG.warn("A run of model {} hung; its documents are embedded again, each alone.", model);
            tryNext();
        }
    }

    private void tryNext() {
        Text next;
        synchronized (this) {
            next = waiting.poll();
            trying = next != null;
        }
        if (next != null) {
            probe(next);
        }
    }

    /** Goes on with a text once the model is well; one that fails on the other text is well, as it comes back. */
    private void probe(Text text) {
        CompletableFuture<?> unused = alone.apply(PROBE).whenComplete((vector, failure) -> {
            if (failure instanceof UnavailableException unusable) {
                failAll(text, unusable);
            } else if (failure instanceof HungException) {
                probe(text);
            } else if (text.hung >= MOST) {
                text.vector.completeExceptionally(blame());
                tryNext();
            } else {
                run(text);
            }
        });
    }

    private void run(Text text) {
        CompletableFuture<?> unused = alone.apply(text.text).whenComplete((vector, failure) -> {
            if (failure instanceof HungException) {
                probe(text.hungAgain());
            } else if (failure instanceof UnavailableException unusable) {
                failAll(text, unusable);
            } else {
                complete(text.vector, vector, failure);
                tryNext();
            }
        });
    }

    /** Tells the one who waits what came out. */
    static void complete(CompletableFuture<float[]> waiting, float @Nullable [] vector, @Nullable Throwable failure) {
        if (failure == null) {
            waiting.complete(vector);
        } else {
            waiting.completeExceptionally(failure);
        }
    }

    private InferenceException blame() {
        return new ItemFailedException("Model " + model + " hangs on this text: in " + MOST
                + " runs of its own it has taken more than " + runTimeout.toMillis()
                + " ms each, and another text after them has not; leave out what hangs it, or allow runs more time.");
    }

    /** Tells all that wait that the model is not usable, in place of trying each. */
    private void failAll(Text tried, UnavailableException why) {
        List<Text> all;
        synchronized (this) {
            all = List.copyOf(waiting);
            waiting.clear();
            trying = false;
        }
        tried.vector.completeExceptionally(why);
        all.forEach(text -> text.vector.completeExceptionally(why));
    }
}
