// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import java.math.BigDecimal;
import java.util.List;

/**
 * Describes a condition on a document's metadata, which retrieval evaluates. Paths name nested members with dots; a
 * member whose own name is the path, dots included, comes before nested ones.
 *
 * <p>A member that is missing matches nothing, so its negation matches. Values of different kinds never match. Where
 * the metadata holds an array, on the way or at the end, one element that matches is enough.
 */
public sealed interface Filter {
    /** Matches where all of them match, or there is none. */
    record All(List<Filter> filters) implements Filter {
        public All {
            filters = List.copyOf(filters);
        }
    }

    /** Matches where at least one of them matches. */
    record Any(List<Filter> filters) implements Filter {
        public Any {
            filters = List.copyOf(filters);
        }
    }

    record Not(Filter filter) implements Filter {}

    /** Compares a member with a value. Only numbers and texts have an order; texts by UTF-16 code unit, as {@code String}. */
    record Compare(String path, Operator operator, Value value) implements Filter {}

    /** Matches a member that equals one of the values. */
    record In(String path, List<Value> values) implements Filter {
        public In {
            values = List.copyOf(values);
        }
    }

    enum Operator {
        EQ,
        GT,
        GTE,
        LT,
        LTE
    }

    /** Holds a JSON scalar. */
    sealed interface Value {
        record Text(String text) implements Value {}

        /** Compare with {@code compareTo}: 1 and 1.0 are the same number. */
        record Numeric(BigDecimal number) implements Value {}

        record Bool(boolean flag) implements Value {}

        /** An explicit null, not a missing member. */
        record Null() implements Value {}
    }
}
