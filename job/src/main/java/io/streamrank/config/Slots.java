// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import org.apache.flink.api.common.operators.SlotSharingGroup;

/**
 * Slots of two kinds. Both have sizes: Flink takes any slot that is offered first for a group without one, a slot with a GPU
 * too, and then waits in vain for another.
 *
 * @param rerank for the reranker, with GPUs
 * @param rest for everything else, so the group that Flink puts operators into by itself
 */
public record Slots(SlotSharingGroup rerank, SlotSharingGroup rest) {
    static final String REST = "default";
}
