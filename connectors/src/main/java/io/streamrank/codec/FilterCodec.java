// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.BlankText;
import io.streamrank.event.Filter;
import io.streamrank.event.Filter.Operator;
import io.streamrank.event.Filter.Value;
import io.streamrank.message.Excerpt;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses filters from JSON: {@code {"year":{"gte":2000,"lt":2010},"director":"Nolan","genres":{"in":["Action","Drama"]}}},
 * combined by {@code {"and":[…]}}, {@code {"or":[…]}} and {@code {"not":{…}}}. An object with several members means all of them.
 */
public final class FilterCodec {
    /** The greatest nesting that any limit may allow. */
    public static final int MAX_DEPTH = 64;

    private static final String OPERATORS = "eq, in, gt, gte, lt, lte";
    private static final int MAX_VALUES = 1_000;

    private final int maxDepth;
    private int conditions;

    private FilterCodec(int maxDepth) {
        this.maxDepth = maxDepth;
    }

    /**
     * Parses the filter of a query that was decoded before. Depth and conditions were checked then, maybe under other limits
     * than today's.
     */
    public static Filter parse(String json) throws CodecException {
        return parse(json, MAX_DEPTH);
    }

    /**
     * Parses a filter.
     *
     * @param maxDepth how deep {@code and}, {@code or} and {@code not} may be nested, from 1 to {@link #MAX_DEPTH}
     */
    static Filter parse(String json, int maxDepth) throws CodecException {
        return new FilterCodec(maxDepth).filter(Json.object(json), "filter", 1);
    }

    /** Refuses what is not a filter, or has too many conditions, as each document of a collection is compared with all. */
    static void check(ObjectNode filter, Limits limits) throws CodecException {
        FilterCodec codec = new FilterCodec(limits.filterDepth());
        codec.filter(filter, "filter", 1);
        if (codec.conditions > limits.filterConditions()) {
            throw CodecException.badFilter("filter holds %d conditions but at most %d are allowed"
                    .formatted(codec.conditions, limits.filterConditions()));
        }
    }

    private Filter filter(JsonNode node, String path, int depth) throws CodecException {
        if (!node.isObject()) {
            throw CodecException.badFilter("%s must be an object but is %s".formatted(path, Excerpt.value(node)));
        }
        if (depth > maxDepth) {
            throw CodecException.badFilter(
                    "%s is nested %d deep but at most %d are allowed".formatted(path, depth, maxDepth));
        }
        List<Filter> filters = new ArrayList<>();
        if (node.isEmpty()) {
            conditions++; // matches every document, but still is evaluated for each
        }
        for (var member : node.properties()) {
            String name = member.getKey();
            String at = path + '.' + Excerpt.text(name);
            filters.add(
                    switch (name) {
                        case "and" -> new Filter.All(filters(member.getValue(), at, depth));
                        case "or" -> new Filter.Any(filters(member.getValue(), at, depth));
                        case "not" -> new Filter.Not(filter(member.getValue(), at, depth + 1));
                        default -> condition(name, member.getValue(), at);
                    });
        }
        return filters.size() == 1 ? filters.get(0) : new Filter.All(filters);
    }

    private List<Filter> filters(JsonNode node, String path, int depth) throws CodecException {
        if (!node.isArray() || node.isEmpty()) {
            throw CodecException.badFilter(
                    "%s must be an array of at least one filter but is %s".formatted(path, Excerpt.value(node)));
        }
        List<Filter> filters = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            filters.add(filter(element, path + '[' + filters.size() + ']', depth + 1));
        }
        return filters;
    }

    private Filter condition(String name, JsonNode node, String path) throws CodecException {
        if (BlankText.isBlank(name)) {
            throw CodecException.badFilter(path + " must name a member of the metadata but is blank");
        }
        conditions += node.isObject() ? node.size() : 1;
        if (!node.isObject()) {
            return new Filter.Compare(name, Operator.EQ, value(node, path));
        }
        if (node.isEmpty()) {
            throw CodecException.badFilter(path + " is empty but must hold at least one of " + OPERATORS);
        }
        List<Filter> all = new ArrayList<>(node.size());
        for (var member : node.properties()) {
            String at = path + '.' + Excerpt.text(member.getKey());
            all.add(
                    switch (member.getKey()) {
                        case "eq" -> new Filter.Compare(name, Operator.EQ, value(member.getValue(), at));
                        case "in" -> new Filter.In(name, values(member.getValue(), at));
                        case "gt" -> new Filter.Compare(name, Operator.GT, ordered(member.getValue(), at));
                        case "gte" -> new Filter.Compare(name, Operator.GTE, ordered(member.getValue(), at));
                        case "lt" -> new Filter.Compare(name, Operator.LT, ordered(member.getValue(), at));
                        case "lte" -> new Filter.Compare(name, Operator.LTE, ordered(member.getValue(), at));
                        default ->
                            throw CodecException.badFilter(at + " is not an operator; there are " + OPERATORS
                                    + ", and dots name nested members");
                    });
        }
        return all.size() == 1 ? all.get(0) : new Filter.All(all);
    }

    private static Value value(JsonNode node, String path) throws CodecException {
        return switch (node.getNodeType()) {
            case STRING -> new Value.Text(node.textValue());
            case BOOLEAN -> new Value.Bool(node.booleanValue());
            case NULL -> new Value.Null();
            case NUMBER -> {
                JsonFields.finite(node, path);
                yield new Value.Numeric(node.decimalValue());
            }
            default ->
                throw CodecException.badFilter(
                        "%s must be a text, number, boolean or null but is %s; several values go into {\"in\":[…]}"
                                .formatted(path, Excerpt.value(node)));
        };
    }

    private static Value ordered(JsonNode node, String path) throws CodecException {
        if (!node.isNumber() && !node.isTextual()) {
            throw CodecException.badFilter(
                    "%s must be a number or a text but is %s".formatted(path, Excerpt.value(node)));
        }
        return value(node, path);
    }

    private static List<Value> values(JsonNode node, String path) throws CodecException {
        if (!node.isArray() || node.size() > MAX_VALUES) {
            throw CodecException.badFilter("%s must be an array of at most %d values but is %s"
                    .formatted(path, MAX_VALUES, Excerpt.value(node)));
        }
        List<Value> values = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            values.add(value(element, path + '[' + values.size() + ']'));
        }
        return values;
    }
}
