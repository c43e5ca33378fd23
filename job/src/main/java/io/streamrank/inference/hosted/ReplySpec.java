// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.endpoint.EndpointSpec;
import java.io.Serializable;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Names a language model behind an API of OpenAI's shape.
 *
 * @param endpoint with the address of {@code /chat/completions}
 * @param model the server's name of it
 * @param maxTokens of a reply, where the query does not say
 * @param maxTokensField {@code max_completion_tokens}, or {@code max_tokens} for servers that know only that
 * @param temperature null for the model's own, as some models take no other
 */
public record ReplySpec(
        EndpointSpec endpoint,
        String model,
        int maxTokens,
        String maxTokensField,
        @Nullable Double temperature) implements Serializable {
    private static final String OPERATION = "/chat/completions";

    /** Returns where a base address such as {@code http://host:8000/v1} takes requests. */
    public static URI address(String base) {
        String start = base.replaceFirst("/+$", "");
        return URI.create(start.endsWith(OPERATION) ? start : start + OPERATION);
    }

    /** Returns whether the address is OpenAI's own, whose newest fields other servers do not know. */
    public static boolean isOpenAi(URI address) {
        return "api.openai.com".equals(address.getHost());
    }
}
