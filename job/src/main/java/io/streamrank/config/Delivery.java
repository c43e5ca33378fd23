// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

/** Says whether a restart may write results and dead letters twice. */
enum Delivery {
    AT_LEAST_ONCE,
    EXACTLY_ONCE
}
