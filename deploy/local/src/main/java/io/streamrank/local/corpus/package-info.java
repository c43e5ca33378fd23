// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** The bundled corpus: the configuration references of Flink and Kafka, read from their own definitions. */
@NullMarked
package io.streamrank.local.corpus;

import org.jspecify.annotations.NullMarked;
