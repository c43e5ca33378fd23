// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config.option;

/**
 * Settings handed on under the names that their owner gives them.
 *
 * @param prefix of their keys, with the dot
 * @param about who gets them and what is refused
 */
public record PassThrough(String prefix, String about) {}
