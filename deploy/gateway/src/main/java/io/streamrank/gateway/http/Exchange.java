// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.streamrank.gateway.api.CohereFormat;
import io.streamrank.gateway.api.RerankFormat;
import io.streamrank.gateway.api.VoyageFormat;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers and errors of one request, with the headers that belong to them. */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final RerankFormat COHERE = new CohereFormat("2");
    private static final RerankFormat VOYAGE = new VoyageFormat();
    private static final String RETRY_AFTER_SECONDS = "1";
    private static final String WARNING = "X-API-Warning";
    private static final int MAX_WARNING_CHARS = 1_000;
    private static final Pattern NOT_PRINTABLE_ASCII = Pattern.compile("[^ -~]");

    private Exchange() {}

    static void json(Context context, int status, JsonNode body) {
        context.status(status);
        context.contentType("application/json");
        context.result(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Tells in a header what the client should know of its answer, as the bodies of most rerank APIs have no place for it. The
     * header has Cohere's name. It holds only printable ASCII and is cut, as headers are limited.
     */
    static void warn(Context context, List<String> warnings) {
        if (warnings.isEmpty()) {
            return;
        }
        String text = String.join("; ", warnings).replace("…", "...");
        String shown = text.length() > MAX_WARNING_CHARS ? text.substring(0, MAX_WARNING_CHARS) + "..." : text;
        context.header(WARNING, NOT_PRINTABLE_ASCII.matcher(shown).replaceAll("?"));
    }

    /** Writes the refusal in the body's form. */
    static void error(Context context, RequestException failure, JsonNode body, int limit) {
        if (failure.problem() == Problem.OVERLOADED) {
            context.header("Retry-After", RETRY_AFTER_SECONDS);
            context.header("x-ratelimit-limit", Integer.toString(limit));
            context.header("x-ratelimit-remaining", "0");
            context.header("x-ratelimit-reset", RETRY_AFTER_SECONDS);
        }
        if (failure.problem() == Problem.UNAUTHORIZED) {
            context.header("WWW-Authenticate", "Bearer");
        }
        if (failure.problem() == Problem.REQUEST_TIMEOUT || failure.problem() == Problem.TOO_LARGE) {
            context.header("Connection", "close"); // the rest of the body is not wanted
        }
        json(context, failure.problem().status(), body);
    }

    static void error(Context context, RequestException failure, int limit) {
        RerankFormat format = context.path().startsWith(Routes.VOYAGE) ? VOYAGE : COHERE;
        error(context, failure, format.error(UUID.randomUUID(), failure), limit);
    }

    /**
     * Answers when the result is there.
     *
     * @param write writes the answer, or refuses with a {@link RequestException}
     * @param refuse writes why there is no answer
     */
    static <T> void later(
            Context context, CompletableFuture<T> result, Consumer<T> write, Consumer<RequestException> refuse) {
        context.future(() -> result.handle((value, failure) -> {
            try {
                if (failure != null) {
                    throw told(failure);
                }
                write.accept(value);
            } catch (RequestException refusal) {
                refuse.accept(refusal);
            }
            return null;
        }));
    }

    /** Returns what to tell the client of a failure. A defect goes to the log, not to the client. */
    static RequestException told(Throwable failure) {
        RequestException refusal = RequestException.of(failure);
        if (refusal != null) {
            return refusal;
        }
        LOG.error("A request failed", failure);
        return new RequestException(
                Problem.INTERNAL_ERROR, "the gateway failed on this request: its log has the reason");
    }
}
