// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Knows the topics that can be written to. */
interface TopicFinder extends Serializable {
    /** The topic, or null where it cannot be written to as far as is known. */
    @Nullable
    TopicFacts find(String topic);
}
