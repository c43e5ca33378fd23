// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import java.io.Serializable;

/**
 * Limits what one JVM sends to an endpoint.
 *
 * @param requestsPerMinute 0 for no limit
 * @param tokensPerMinute 0 for no limit
 * @param maxInFlight requests at the same time, at least 1
 */
public record EndpointLimits(int requestsPerMinute, long tokensPerMinute, int maxInFlight) implements Serializable {
    public EndpointLimits {
        if (requestsPerMinute < 0 || tokensPerMinute < 0 || maxInFlight < 1) {
            throw new IllegalArgumentException("limits must not be negative, and one request must be possible");
        }
    }

    /** Returns the lower of each limit, for two jobs that share an endpoint and a key. */
    EndpointLimits strictest(EndpointLimits other) {
        return new EndpointLimits(
                (int) lower(requestsPerMinute, other.requestsPerMinute),
                lower(tokensPerMinute, other.tokensPerMinute),
                Math.min(maxInFlight, other.maxInFlight));
    }

    private static long lower(long one, long other) {
        return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
    }
}
