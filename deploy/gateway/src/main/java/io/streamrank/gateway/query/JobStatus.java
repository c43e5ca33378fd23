// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import org.jspecify.annotations.Nullable;

/**
 * Says what the newest answers tell of the job.
 *
 * @param model that ranks; null before the first answer
 * @param state {@code answers}, {@code silent} or {@code unknown}
 * @param ageMs of the newest answer; null before the first
 * @param roundTripMs of the newest probe; null before the first that was answered
 */
public record JobStatus(
        @Nullable String model,
        String state,
        @Nullable Long ageMs,
        @Nullable Long roundTripMs) {}
