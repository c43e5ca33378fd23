// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

/** Makes what a caller is told whose run hung. */
public final class TestHungException {
    private TestHungException() {}

    public static HungException alone() {
        return new HungException("hung alone", true);
    }

    public static HungException together() {
        return new HungException("hung with others", false);
    }
}
