// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

/**
 * Which topic the offsets in a state belong to.
 *
 * @param submission drawn when the job was submitted; the same in the state as in the job where it goes on by itself
 */
public record CorpusTopic(String topic, String submission) {}
