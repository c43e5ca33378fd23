// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/** Holds a named text of a document. */
public record Field(String name, String text) {}
