// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import java.io.Serializable;

/**
 * Identifies a loaded model.
 *
 * @param name as users know it, e.g. {@code builtin:bge-small-en-v1.5}
 * @param fingerprint SHA-256 over weights, tokenizer and the settings that change its output (prefixes, pooling,
 *     maximum length), hexadecimal; two models with equal fingerprints give equal answers
 * @param maxTokens longest input, special tokens included
 */
public record ModelInfo(String name, String fingerprint, int maxTokens) implements Serializable {}
