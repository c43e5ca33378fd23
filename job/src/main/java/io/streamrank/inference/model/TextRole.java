// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/** Says which side of the search a text is on; asymmetric bi-encoders put different prefixes before them. */
public enum TextRole {
    QUERY,
    PASSAGE
}
