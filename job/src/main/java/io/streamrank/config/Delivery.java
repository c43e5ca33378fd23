// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

/** What happens to results and dead letters when the job restarts. */
enum Delivery {
    AT_LEAST_ONCE,
    EXACTLY_ONCE
}
