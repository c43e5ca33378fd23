// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.streamrank.inference.endpoint.Endpoint;
import io.streamrank.inference.endpoint.Urgency;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.stats.EndpointStats;
import io.streamrank.inference.workers.SharedModels;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes replies with a language model behind an API. The same request lately has the same reply, so a job that answers a query
 * again after a failure does not pay again, if it is still the same process. Thread-safe.
 */
public final class ReplyWriter implements AutoCloseable {
    private static final SharedModels<Loaded> SHARED = new SharedModels<>();
    private static final int KEPT = 1_000;

    private final SharedModels.Use<Loaded> use;

    private ReplyWriter(SharedModels.Use<Loaded> use) {
        this.use = use;
    }

    private record Loaded(Endpoint endpoint, ReplyPrompt prompt, Cache<String, WrittenReply> written)
            implements SharedModels.Loaded {
        @Override
        public void close() {
            endpoint.close();
        }
    }

    /** Opens the model without asking it anything, as that would cost; throws where the key is not there. */
    public static ReplyWriter open(ReplySpec spec) throws ModelException {
        return new ReplyWriter(SHARED.open(
                spec.toString(),
                () -> new Loaded(
                        Endpoint.open(spec.endpoint()),
                        new ReplyPrompt(spec),
                        Caffeine.newBuilder()
                                .maximumSize(KEPT)
                                .executor(Runnable::run) // the common pool's threads would keep the job's classes
                                .build())));
    }

    /**
     * Writes a reply.
     *
     * @param instructions of whoever asks; null for none
     * @param sources best first
     * @param maxTokens 0 for the default
     * @param deadlineNanos on {@link System#nanoTime()}'s scale
     * @return fails with an {@link InferenceException}; completes on a thread that must not be blocked
     */
    public CompletableFuture<WrittenReply> write(
            String question, @Nullable String instructions, List<String> sources, int maxTokens, long deadlineNanos) {
        Loaded model = use.model();
        byte[] request = model.prompt.request(question, instructions, sources, maxTokens);
        String key = DigestUtils.sha256Hex(request);
        WrittenReply known = model.written.getIfPresent(key);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        return model.endpoint
                .post(
                        request,
                        request.length / 3 + (long) model.prompt.spec().maxTokens(),
                        Urgency.QUERY,
                        deadlineNanos,
                        body -> model.prompt.read(body, sources.size()))
                .thenApply(answer -> {
                    if (answer.value().error() == null) {
                        model.written.put(key, answer.value());
                    }
                    return answer.value();
                });
    }

    /** Returns what was done, over all who share the gate. */
    public EndpointStats stats() {
        return use.model().endpoint.stats();
    }

    @Override
    public void close() {
        use.release().run();
    }
}
