// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config.option;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/**
 * Adds to a Flink option which values it takes. The reference page and the message about a wrong value use the same words.
 *
 * @param values what a value must be, to follow the words "must be"
 * @param reader text to value; throws {@link IllegalArgumentException} where it is none
 * @param accepts checks the limits that {@code values} names
 */
public record Option<T>(ConfigOption<T> definition, String values, Function<String, T> reader, Predicate<T> accepts) {
    private static final Pattern NUMBER_WITHOUT_UNIT = Pattern.compile("0*[1-9]\\d*");
    private static final Pattern SMALL_NUMBER_WITHOUT_UNIT = Pattern.compile("0*([1-9]\\d{0,2}|10[01]\\d|102[0-3])");

    public String key() {
        return definition.key();
    }

    /** Returns the value, or null where the text is none. */
    @Nullable
    public T parse(String text) {
        try {
            T value = reader.apply(text);
            return accepts.test(value) ? value : null;
        } catch (IllegalArgumentException notAValue) {
            return null;
        }
    }

    public static Option<Integer> integer(String key, int value, int least, int most, String description) {
        return integer(
                key, description, value, "a whole number from " + least + " to " + most, n -> least <= n && n <= most);
    }

    public static Option<Integer> integer(
            String key, String description, int value, String values, Predicate<Integer> accepts) {
        return flink(
                ConfigOptions.key(key).intType().defaultValue(value).withDescription(description), values, accepts);
    }

    public static Option<Integer> optionalInteger(String key, int least, int most, String description) {
        return flink(
                ConfigOptions.key(key).intType().noDefaultValue().withDescription(description),
                "a whole number from " + least + " to " + most,
                n -> least <= n && n <= most);
    }

    public static Option<Long> number(String key, long value, long least, long most, String description) {
        return flink(
                ConfigOptions.key(key).longType().defaultValue(value).withDescription(description),
                "a whole number from " + least + " to " + most,
                n -> least <= n && n <= most);
    }

    public static Option<Double> decimal(String key, double value, double least, double most, String description) {
        return decimal(
                ConfigOptions.key(key).doubleType().defaultValue(value).withDescription(description), least, most);
    }

    public static Option<Double> optionalDecimal(String key, double least, double most, String description) {
        return decimal(ConfigOptions.key(key).doubleType().noDefaultValue().withDescription(description), least, most);
    }

    private static Option<Double> decimal(ConfigOption<Double> definition, double least, double most) {
        return flink(definition, "a number from " + least + " to " + most, n -> least <= n && n <= most);
    }

    public static Option<Boolean> flag(String key, boolean value, String description) {
        return flink(
                ConfigOptions.key(key).booleanType().defaultValue(value).withDescription(description),
                "true or false",
                flag -> true);
    }

    /** Returns an option for a time with its unit: to Flink a bare number is milliseconds, to most users it is seconds. */
    public static Option<Duration> duration(
            String key, Duration value, Duration least, Duration most, String description) {
        ConfigOption<Duration> definition =
                ConfigOptions.key(key).durationType().defaultValue(value).withDescription(description);
        String values = "a time with its unit (ms, s, min, h) from "
                + TimeUtils.formatWithHighestUnit(least)
                + " to "
                + TimeUtils.formatWithHighestUnit(most);
        return new Option<>(
                definition,
                values,
                text -> {
                    if (NUMBER_WITHOUT_UNIT.matcher(text.strip()).matches()) {
                        throw new IllegalArgumentException(text);
                    }
                    return read(definition, text);
                },
                time -> time.compareTo(least) >= 0 && time.compareTo(most) <= 0);
    }

    /** Returns an option for a size: a bare number is bytes, but one below 1024 was probably meant to be megabytes. */
    public static Option<MemorySize> size(
            String key, MemorySize value, MemorySize least, MemorySize most, String description) {
        ConfigOption<MemorySize> definition =
                ConfigOptions.key(key).memoryType().defaultValue(value).withDescription(description);
        return new Option<>(
                definition,
                "a size with its unit (bytes, kb, mb) from " + least + " to " + most,
                text -> {
                    if (SMALL_NUMBER_WITHOUT_UNIT.matcher(text.strip()).matches()) {
                        throw new IllegalArgumentException(text);
                    }
                    return read(definition, text);
                },
                size -> size.compareTo(least) >= 0 && size.compareTo(most) <= 0);
    }

    public static Option<String> text(
            String key, String value, String values, Predicate<String> accepts, String description) {
        return verbatim(
                ConfigOptions.key(key).stringType().defaultValue(value).withDescription(description), values, accepts);
    }

    public static Option<String> optionalText(
            String key, String values, Predicate<String> accepts, String description) {
        return verbatim(
                ConfigOptions.key(key).stringType().noDefaultValue().withDescription(description), values, accepts);
    }

    /** Returns an option for a list, written {@code a, b} or {@code [a, b]}; empty by default. */
    public static Option<List<String>> names(String key, String values, Predicate<String> accepts, String description) {
        return names(key, List.of(), values, accepts, description);
    }

    /** Returns an option for a list with a default, written {@code a, b} or {@code [a, b]}. */
    public static Option<List<String>> names(
            String key, List<String> usual, String values, Predicate<String> accepts, String description) {
        return new Option<>(
                ConfigOptions.key(key)
                        .stringType()
                        .asList()
                        .defaultValues(usual.toArray(new String[0]))
                        .withDescription(description),
                values,
                Option::split,
                names -> names.stream().allMatch(accepts));
    }

    public static <E extends Enum<E>> Option<E> choice(String key, E value, String description) {
        Class<E> type = value.getDeclaringClass();
        return choice(ConfigOptions.key(key).enumType(type).defaultValue(value).withDescription(description), type);
    }

    public static <E extends Enum<E>> Option<E> optionalChoice(String key, Class<E> type, String description) {
        return choice(ConfigOptions.key(key).enumType(type).noDefaultValue().withDescription(description), type);
    }

    private static <E extends Enum<E>> Option<E> choice(ConfigOption<E> definition, Class<E> type) {
        Map<String, E> byName =
                Arrays.stream(type.getEnumConstants()).collect(Collectors.toMap(Option::name, constant -> constant));
        String values = Arrays.stream(type.getEnumConstants())
                .map(Option::name)
                .collect(Collectors.joining(", "))
                .replaceFirst(", ([^,]*)$", " or $1");
        return new Option<>(
                definition,
                values,
                text -> {
                    E constant = byName.get(text.strip().toLowerCase(Locale.ROOT));
                    if (constant == null) {
                        throw new IllegalArgumentException(text);
                    }
                    return constant;
                },
                constant -> true);
    }

    public static boolean filled(String text) {
        return !text.isBlank();
    }

    /** Returns how a constant is written in a configuration: {@code EXACTLY_ONCE} is {@code exactly-once}. */
    public static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns an option that Flink parses, so that a time or size is written as it is everywhere in Flink. */
    private static <T> Option<T> flink(ConfigOption<T> definition, String values, Predicate<T> accepts) {
        return new Option<>(definition, values, text -> read(definition, text), accepts);
    }

    /** Returns an option for text that is not trimmed, as Flink would do: a prefix such as {@code "query: "} ends in a space. */
    private static Option<String> verbatim(ConfigOption<String> definition, String values, Predicate<String> accepts) {
        return new Option<>(definition, values, text -> text, accepts);
    }

    private static <T> T read(ConfigOption<T> definition, String text) {
        return Configuration.fromMap(Map.of(definition.key(), text.strip())).get(definition);
    }

    private static List<String> split(String text) {
        String stripped = text.strip();
        boolean bracketed = stripped.startsWith("[") && stripped.endsWith("]");
        String items = bracketed ? stripped.substring(1, stripped.length() - 1) : stripped;
        return Arrays.stream(items.split(",", -1))
                .map(item -> withoutQuotes(item.strip()))
                .filter(item -> !item.isEmpty())
                .toList();
    }

    /** Returns an item without the quotes around it, which YAML takes away in a file, but nobody in an argument. */
    private static String withoutQuotes(String item) {
        boolean quoted = item.length() > 1
                && (item.startsWith("\"") || item.startsWith("'"))
                && item.endsWith(item.substring(0, 1));
        return quoted ? item.substring(1, item.length() - 1) : item;
    }
}
