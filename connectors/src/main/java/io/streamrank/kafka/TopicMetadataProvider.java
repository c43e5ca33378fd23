// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Tells which topics can be written to. */
interface TopicMetadataProvider extends Serializable {
    /** Returns the topic's metadata, or null where it cannot be written to as far as is known. */
    @Nullable
    TopicMetadata find(String topic);
}
