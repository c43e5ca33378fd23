// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** The demonstration: documents into Kafka, the job over them, queries, answers. */
@NullMarked
package io.streamrank.local.demo;

import org.jspecify.annotations.NullMarked;
