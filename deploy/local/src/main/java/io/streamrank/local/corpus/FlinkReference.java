// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.corpus;

import io.github.classgraph.ClassGraph;
import io.github.classgraph.ClassInfo;
import io.github.classgraph.ScanResult;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.annotation.docs.Documentation;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/** Reads Flink's options: the public {@link ConfigOption} constants of all its classes on the class path. */
final class FlinkReference {
    private FlinkReference() {}

    static List<ConfigurationOption> read() {
        Map<String, ConfigurationOption> byKey = new TreeMap<>();
        for (ConfigOption<?> option : constants()) {
            String description = PlainText.of(option.description());
            // A placeholder stands for names that only a user knows.
            if (!description.isEmpty() && !option.key().contains("<")) {
                byKey.putIfAbsent(option.key(), describe(option, description));
            }
        }
        return List.copyOf(byKey.values());
    }

    private static ConfigurationOption describe(ConfigOption<?> option, String description) {
        return new ConfigurationOption(
                "flink",
                List.of("flink"),
                option.key(),
                type(option).getSimpleName(),
                text(option.hasDefaultValue() ? option.defaultValue() : null),
                description);
    }

    private static List<ConfigOption<?>> constants() {
        try (ScanResult scan = new ClassGraph()
                .acceptPackages("org.apache.flink")
                .rejectPackages("org.apache.flink.shaded")
                .enableClassInfo()
                .disableNestedJarScanning()
                .scan()) {
            List<ConfigOption<?>> constants = new ArrayList<>();
            scan.getAllStandardClasses().stream()
                    .filter(type -> type.getSimpleName().endsWith("Options"))
                    .sorted(Comparator.comparing(ClassInfo::getName))
                    .forEach(type -> addConstants(type, constants));
            return constants;
        }
    }

    private static void addConstants(ClassInfo type, List<ConfigOption<?>> constants) {
        Class<?> loaded = type.loadClass(true);
        if (loaded == null) {
            return;
        }
        try {
            for (Field field : loaded.getDeclaredFields()) {
                if (isDocumented(field)) {
                    constants.add((ConfigOption<?>) field.get(null));
                }
            }
        } catch (IllegalAccessException | LinkageError e) {
            return; // not a public class, or one that needs a library that is not here
        }
    }

    private static boolean isDocumented(Field field) {
        return Modifier.isStatic(field.getModifiers())
                && Modifier.isPublic(field.getModifiers())
                && field.getType() == ConfigOption.class
                && !field.isAnnotationPresent(Deprecated.class)
                && !field.isAnnotationPresent(Documentation.ExcludeFromDocumentation.class);
    }

    /** Flink's own documentation generator may see the type; we need a key for that door. */
    private static Class<?> type(ConfigOption<?> option) {
        try {
            Method getClazz = ConfigOption.class.getDeclaredMethod("getClazz");
            getClazz.setAccessible(true);
            return (Class<?>) getClazz.invoke(option);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "this version of Flink keeps the type of an option in another place than 2.3", e);
        }
    }

    private static String text(@Nullable Object value) {
        if (value instanceof Duration duration) {
            return TimeUtils.formatWithHighestUnit(duration);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(";"));
        }
        return value == null ? "" : value.toString();
    }
}
