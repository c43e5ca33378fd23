// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.event.Filter;
import io.streamrank.event.Filter.Operator;
import io.streamrank.event.Filter.Value;
import java.util.List;
import java.util.function.Predicate;

/** Makes filters into predicates on metadata, see {@link MetadataReader#parse}. */
public final class FilterMatcher {
    private FilterMatcher() {}

    /** Returns the predicate; without state, so safe to use from several threads. */
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

    /**
     * Tests whether a value at the path passes. A member of that whole name comes first, as names may hold dots themselves;
     * else the dots part names. An array on the way stands for each of its elements.
     */
    private static Predicate<JsonNode> anyAt(String path, Predicate<JsonNode> test) {
        return metadata -> anyAt(metadata, path, test);
    }

    private static boolean anyAt(JsonNode node, String path, Predicate<JsonNode> test) {
        if (node.isArray()) {
            return anyElement(node, element -> anyAt(element, path, test));
        }
        JsonNode whole = node.get(path);
        if (whole != null) {
            return any(whole, test);
        }
        // Members are few, and the ways to split a long path at its dots many.
        for (var member : node.properties()) {
            String name = member.getKey();
            if (path.length() > name.length() && path.charAt(name.length()) == '.' && path.startsWith(name)) {
                if (anyAt(member.getValue(), path.substring(name.length() + 1), test)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean any(JsonNode node, Predicate<JsonNode> test) {
        return node.isArray() ? anyElement(node, element -> any(element, test)) : test.test(node);
    }

    private static boolean anyElement(JsonNode array, Predicate<JsonNode> test) {
        for (JsonNode element : array) {
            if (test.test(element)) {
                return true;
            }
        }
        return false;
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
