// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a language model wrote.
 *
 * @param text null where the model gave none
 * @param error why there is no text: {@code refused}, {@code too_long} or {@code model_error}; null where there is one
 * @param model as the server names it
 * @param cited numbers of the sources that the text names, from 1, each once and in the text's order
 * @param finishReason as the server gives it; empty where it does not
 */
public record WrittenReply(
        @Nullable String text,
        @Nullable String error,
        String model,
        List<Integer> cited,
        String finishReason,
        long promptTokens,
        long completionTokens) {}
