// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.streamrank.event.Filter;
import io.streamrank.event.Filter.Operator;
import io.streamrank.event.Filter.Value;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Makes filters into predicates on what they see of a document, see {@link FilterableDocument}. */
public final class FilterMatcher {
    private FilterMatcher() {}

    /** Returns the predicate; without state, so safe to use from several threads. */
    public static Predicate<FilterableDocument> of(Filter filter) {
        if (filter instanceof Filter.All all) {
            List<Predicate<FilterableDocument>> parts = parts(all.filters());
            return document -> parts.stream().allMatch(part -> part.test(document));
        }
        if (filter instanceof Filter.Any any) {
            List<Predicate<FilterableDocument>> parts = parts(any.filters());
            return document -> parts.stream().anyMatch(part -> part.test(document));
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

    private static List<Predicate<FilterableDocument>> parts(List<Filter> filters) {
        return filters.stream().map(FilterMatcher::of).toList();
    }

    /** Returns the paths that a filter names, each once. */
    public static List<String> paths(Filter filter) {
        return allPaths(filter).distinct().toList();
    }

    private static Stream<String> allPaths(Filter filter) {
        if (filter instanceof Filter.All all) {
            return all.filters().stream().flatMap(FilterMatcher::allPaths);
        }
        if (filter instanceof Filter.Any any) {
            return any.filters().stream().flatMap(FilterMatcher::allPaths);
        }
        if (filter instanceof Filter.Not not) {
            return allPaths(not.filter());
        }
        return Stream.of(filter instanceof Filter.In in ? in.path() : ((Filter.Compare) filter).path());
    }

    /**
     * Tests whether a value at the path passes. A member of that whole name comes first, as names may hold dots themselves; then
     * a short field of that name; else the dots part names. An array on the way stands for each of its elements.
     */
    private static Predicate<FilterableDocument> anyAt(String path, Predicate<JsonNode> test) {
        return document -> {
            JsonNode metadata = document.metadata();
            String text = metadata.has(path) ? null : document.filteredText(path);
            return text == null ? anyAt(metadata, path, test) : test.test(TextNode.valueOf(text));
        };
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
