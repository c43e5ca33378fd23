// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.endpoint.Endpoint;
import io.streamrank.inference.endpoint.EndpointAnswer;
import io.streamrank.inference.endpoint.RefusedException;
import io.streamrank.inference.endpoint.ServerErrorException;
import io.streamrank.inference.endpoint.Urgency;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ItemFailedException;
import io.streamrank.inference.model.TextRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers documents into requests. A request that is refused for what is in it is halved until the document that is at fault is
 * alone. Only then that document fails, and only if the endpoint takes another text: else the endpoint is at fault, and all
 * wait. Thread-safe.
 *
 * <p>Example: of four documents the third is too long. The request for all four is refused, that for the first two is answered,
 * that for the last two is refused, and of these two the fourth is answered and the third fails.
 *
 * <p>A server error may be the fault of a document or of the endpoint. So the endpoint has to take another text before a request
 * is halved, and a document fails only if the endpoint failed on it alone {@value #MOST_FAILED_ALONE} times and then took another
 * text each time. Between both times it waits as long as an attempt may take.
 */
final class EmbeddingRequestBatcher {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddingRequestBatcher.class);
    /** How long the first document waits for others. */
    private static final Duration LINGER = Duration.ofMillis(20);
    /** Between two looks at an endpoint that refuses every text. */
    private static final Duration PAUSE = Duration.ofSeconds(30);
    /** Requests of its own on which a document has to make the endpoint fail, each as often as the gate repeats it. */
    private static final int MOST_FAILED_ALONE = 2;

    private final Endpoint endpoint;
    private final EmbedCodec codec;
    private final int dimension;
    private final int most;
    private final LongAdder embedded = new LongAdder();
    private final AtomicLong probes = new AtomicLong();

    @GuardedBy("this")
    private List<Waiting> gathered = new ArrayList<>();

    @GuardedBy("this")
    private long tokens;

    /** @param failedAlone how often the endpoint failed on the text alone, and then took another */
    private record Waiting(String text, CompletableFuture<float[]> vector, int failedAlone) {}

    /** @param most texts of a request */
    EmbeddingRequestBatcher(Endpoint endpoint, EmbedCodec codec, int dimension, int most) {
        this.endpoint = endpoint;
        this.codec = codec;
        this.dimension = dimension;
        this.most = most;
    }

    /** Returns the vector of a document; fails with {@link ItemFailedException}, or where the endpoint is closed. */
    CompletableFuture<float[]> embed(String text) {
        Waiting waiting = new Waiting(text, new CompletableFuture<>(), 0);
        long more = ApiJson.estimate(text);
        List<Waiting> full = List.of();
        boolean first;
        synchronized (this) {
            if (tokens + more > Provider.BATCH_TOKENS) {
                full = take();
            }
            first = gathered.isEmpty();
            gathered.add(waiting);
            tokens += more;
            if (gathered.size() >= most) {
                full = take(); // one of the two at most, as a request holds many short texts or few long ones
                first = false;
            }
        }
        send(full);
        if (first) {
            endpoint.after(LINGER, this::flush);
        }
        return waiting.vector;
    }

    long embedded() {
        return embedded.sum();
    }

    private void flush() {
        List<Waiting> taken;
        synchronized (this) {
            taken = take();
        }
        send(taken);
    }

    @GuardedBy("this")
    private List<Waiting> take() {
        List<Waiting> taken = gathered;
        gathered = new ArrayList<>();
        tokens = 0;
        return taken;
    }

    private void send(List<Waiting> batch) {
        if (batch.isEmpty()) {
            return;
        }
        List<String> texts = batch.stream().map(Waiting::text).toList();
        CompletableFuture<?> unused = post(texts).whenComplete((answer, failure) -> {
            if (failure == null) {
                answered(batch, answer.value());
            } else {
                failed(batch, InferenceException.causeOf(failure));
            }
        });
    }

    private CompletableFuture<EndpointAnswer<List<float @Nullable []>>> post(List<String> texts) {
        return endpoint.post(
                codec.request(texts, TextRole.PASSAGE),
                texts.stream().mapToLong(ApiJson::estimate).sum(),
                Urgency.DOCUMENT,
                Long.MAX_VALUE,
                body -> codec.read(body, texts.size(), dimension));
    }

    private void answered(List<Waiting> batch, List<float @Nullable []> vectors) {
        for (int i = 0; i < batch.size(); i++) {
            float[] vector = vectors.get(i);
            if (vector == null) {
                batch.get(i)
                        .vector
                        .completeExceptionally(new ItemFailedException(
                                endpoint.spec().name() + " gave the text a vector that is zero or not finite."));
            } else {
                embedded.increment();
                batch.get(i).vector.complete(vector);
            }
        }
    }

    private void failed(List<Waiting> batch, Throwable failure) {
        if (!mayBeOfTheRequest(failure)) {
            batch.forEach(each -> each.vector.completeExceptionally(failure));
        } else if (batch.size() > 1 && failure instanceof RefusedException) {
            sendInHalves(batch);
        } else {
            askForAnother(batch, failure);
        }
    }

    private static boolean mayBeOfTheRequest(Throwable failure) {
        return failure instanceof RefusedException || failure instanceof ServerErrorException;
    }

    private void sendInHalves(List<Waiting> batch) {
        int half = batch.size() / 2;
        send(batch.subList(0, half));
        send(batch.subList(half, batch.size()));
    }

    /** Goes on with the documents if the endpoint takes a text that is surely right; else they wait. */
    private void askForAnother(List<Waiting> batch, Throwable why) {
        // Each time another text, which no cache before the model knows.
        String probe = EndpointProbe.PROBE + ' ' + probes.incrementAndGet() + ' ' + endpoint.now();
        CompletableFuture<?> unused = post(List.of(probe)).whenComplete((answer, failure) -> {
            if (failure == null) {
                blame(batch, why);
                return;
            }
            Throwable cause = InferenceException.causeOf(failure);
            if (mayBeOfTheRequest(cause)) {
                LOG.warn("Documents wait, as every text is refused: {}", cause.getMessage());
                endpoint.after(PAUSE, () -> send(batch));
            } else {
                batch.forEach(each -> each.vector.completeExceptionally(cause));
            }
        });
    }

    /** Looks for the document that is at fault, as the endpoint is not. */
    private void blame(List<Waiting> batch, Throwable why) {
        Waiting first = batch.get(0);
        if (batch.size() > 1) {
            sendInHalves(batch);
        } else if (why instanceof ServerErrorException && first.failedAlone + 1 < MOST_FAILED_ALONE) {
            // Not at once: a server that is in trouble for a moment may be right again after a while, for which the
            // longest time of an attempt is taken.
            List<Waiting> again = List.of(new Waiting(first.text, first.vector, first.failedAlone + 1));
            endpoint.after(endpoint.spec().requestTimeout(), () -> send(again));
        } else {
            first.vector.completeExceptionally(new ItemFailedException(String.valueOf(why.getMessage())));
        }
    }
}
