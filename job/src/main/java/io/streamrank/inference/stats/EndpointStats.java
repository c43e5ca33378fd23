// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.stats;

import java.util.List;
import java.util.Map;

/**
 * Counts what an endpoint was asked since it was opened, over all its users in the JVM.
 *
 * @param requests that were sent, repeated ones included
 * @param retries of these, those that were repeated
 * @param answers that could be used
 * @param waitNanos time that requests waited before they were first sent, summed
 * @param busyNanos time that the answers took, summed
 * @param waiting requests that wait to be sent
 * @param inFlight requests that wait for their answers
 * @param inFlightLimit how many may do so now; falls when the endpoint is busy
 * @param pausedMs milliseconds for which nothing is sent
 * @param tokensBilled that the provider counted
 * @param searchUnitsBilled that the provider counted
 * @param errors attempts that failed, by status or by {@code connection}, {@code timeout}, {@code deadline}, {@code invalid}
 */
public record EndpointStats(
        long requests,
        long retries,
        long answers,
        long waitNanos,
        long busyNanos,
        int waiting,
        int inFlight,
        int inFlightLimit,
        long pausedMs,
        long tokensBilled,
        double searchUnitsBilled,
        Map<String, Long> errors) {
    private static final String OTHER = "other";

    /** Labels of errors that metrics show; whatever else there is counts as the last. */
    public static final List<String> STATUSES = List.of(
            "400",
            "401",
            "402",
            "403",
            "404",
            "408",
            "413",
            "422",
            "429",
            "500",
            "502",
            "503",
            "504",
            "connection",
            "timeout",
            "deadline",
            "invalid",
            OTHER);

    public EndpointStats {
        errors = Map.copyOf(errors);
    }

    /** Returns the errors with a label of {@link #STATUSES}. */
    public long errors(String status) {
        return errors.entrySet().stream()
                .filter(entry ->
                        status.equals(OTHER) ? !STATUSES.contains(entry.getKey()) : status.equals(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
