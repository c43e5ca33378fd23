// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config.option;

/**
 * Describes settings that the job passes on to Flink or Kafka under their own names.
 *
 * @param prefix of their keys, with the dot
 * @param about who gets them and what is refused
 */
public record PassThrough(String prefix, String about) {}
