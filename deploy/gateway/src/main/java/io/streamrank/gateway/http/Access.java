// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

/** Says who may use a route. */
public enum Access {
    /** Everyone who reaches the gateway. */
    PUBLIC,
    /** Who shows a key for queries, if keys are set. */
    QUERIES,
    /** Who shows a key for documents. */
    DOCUMENTS
}
