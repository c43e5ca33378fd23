// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.event.Filter;
import io.streamrank.event.Filter.Operator;
import io.streamrank.event.Filter.Value;
import java.util.List;
import java.util.function.Predicate;

/** Filters as predicates on metadata, see {@link Metadata#parse}. */
public final class FilterMatcher {
    private FilterMatcher() {}

    /** The predicate; without state, so safe to use from several threads. */
    public static Predicate<JsonNode> of(Filter filter) {
        if (filter instanceof Filter.All all) {
            List<Predicate<JsonNode>> parts = parts(all.filters());
            return metadata -> parts.stream().allMatch(part -> part.test(metadata));
        }
        if (filter instanceof Filter.Any any) {
            List<Predicate<JsonNode>> parts = parts(any.filters());
            return metadata -> parts.stream().anyMatch(part -> part.test(metadata));
        }
        if (filter instanceof Filter.Not not) {
            return of(not.filter()).negate();
        }
        if (filter instanceof Filter.In in) {
            return anyAt(
                    in.path(), found -> in.values().stream().anyMatch(value -> compare(found, Operator.EQ, value)));
        }
        Filter.Compare one = (Filter.Compare) filter;
        return anyAt(one.path(), found -> compare(found, one.operator(), one.value()));
    }

    private static List<Predicate<JsonNode>> parts(List<Filter> filters) {
        return filters.stream().map(FilterMatcher::of).toList();
    }

    /** Whether the value at a path, or one element of the array there, passes. */
    private static Predicate<JsonNode> anyAt(String path, Predicate<JsonNode> test) {
        List<String> names = List.of(path.split("\\."));
        return metadata -> {
            JsonNode found = metadata;
            for (String name : names) {
                found = found.path(name);
            }
            if (!found.isArray()) {
                return test.test(found);
            }
            for (JsonNode element : found) {
                if (test.test(element)) {
                    return true;
                }
            }
            return false;
        };
    }

    private static boolean compare(JsonNode found, Operator operator, Value value) {
        if (value instanceof Value.Text text) {
            return found.isTextual() && holds(operator, found.textValue().compareTo(text.text()));
        }
        if (value instanceof Value.Numeric number) {
            return found.isNumber() && holds(operator, found.decimalValue().compareTo(number.number()));
        }
        if (operator != Operator.EQ) {
            return false;
        }
        return value instanceof Value.Bool bool
                ? found.isBoolean() && found.booleanValue() == bool.flag()
                : found.isNull();
    }

    private static boolean holds(Operator operator, int order) {
        return switch (operator) {
            case EQ -> order == 0;
            case GT -> order > 0;
            case GTE -> order >= 0;
            case LT -> order < 0;
            case LTE -> order <= 0;
        };
    }
}
