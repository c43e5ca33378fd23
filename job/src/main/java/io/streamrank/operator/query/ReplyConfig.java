// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.inference.hosted.ReplySpec;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says how replies are written.
 *
 * @param documents to write from, where the query does not say, at least 1
 * @param maxSourceChars of all these together; whole documents are left out from the end
 * @param minScore documents below this relevance score are not shown to the model; null for no limit
 * @param timeout for one reply, on top of the job's time for a query; a query's own limit holds for both
 * @param maxWaiting replies at the same time in each parallel part; further answers go without
 */
public record ReplyConfig(
        ReplySpec model,
        int documents,
        int maxSourceChars,
        @Nullable Double minScore,
        Duration timeout,
        int maxWaiting) implements Serializable {}
