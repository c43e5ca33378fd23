// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

/** Orders what waits for an endpoint: the first constant goes first. */
public enum Urgency {
    /** Somebody waits for it, so it fails where it would come too late. */
    QUERY,
    /** Nobody waits for it, and it must not be lost: it waits as long as the endpoint is busy, away or refuses the key. */
    DOCUMENT
}
