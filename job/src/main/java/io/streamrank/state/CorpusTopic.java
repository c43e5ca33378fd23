// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

/**
 * Names the topic that the offsets in a state belong to.
 *
 * @param submission drawn at random when the job was submitted; a job that restarts by itself finds its own in the state
 */
public record CorpusTopic(String topic, String submission) {}
