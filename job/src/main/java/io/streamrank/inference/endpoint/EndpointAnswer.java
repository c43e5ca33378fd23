// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

/**
 * Holds what an answer says.
 *
 * @param tokens that the provider counted; 0 where it does not say
 * @param searchUnits that the provider bills; 0 where it bills something else
 */
public record EndpointAnswer<T>(T value, long tokens, double searchUnits) {
    /** Reads the body of an answer. */
    @FunctionalInterface
    public interface Reader<T> {
        EndpointAnswer<T> read(byte[] body) throws InvalidAnswerException;
    }
}
