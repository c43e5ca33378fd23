// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Holds one document or query of a user's file, in the wire contract.
 *
 * @param line where it begins, 1 for the first
 */
public record FileRecord(int line, ObjectNode content) {}
