// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import org.apache.flink.api.common.operators.SlotSharingGroup;

/**
 * Holds the resources of two slot sharing groups. Both have sizes: a group without one could get a slot with a GPU, for which
 * the reranker would then wait in vain.
 *
 * @param rerank for the reranker, with GPUs
 * @param rest for all other operators; Flink's default group
 */
public record Slots(SlotSharingGroup rerank, SlotSharingGroup rest) {
    static final String REST = "default";
}
