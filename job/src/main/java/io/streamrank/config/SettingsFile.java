// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.ConfigException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads a YAML file of settings, nested, flat or mixed: {@code kafka: {group-id: a}} is {@code kafka.group-id: a}. Scalars stay
 * the texts that they are in the file, so that {@code no} or {@code 1e5} reach an option as written.
 */
public final class SettingsFile {
    private final Path file;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private SettingsFile(Path file) {
        this.file = file;
    }

    /**
     * Returns the settings by key, in the file's order. A key without a value counts as absent.
     *
     * @throws ConfigException where the file cannot be read or is not a mapping of settings
     */
    public static Map<String, String> read(Path path) {
        SettingsFile reading = new SettingsFile(path);
        Node root = reading.compose();
        if (root instanceof MappingNode mapping) {
            reading.mapping("", mapping);
        } else if (root != null) {
            reading.problem(root, "holds no settings; it must be a YAML mapping, such as query.top-n: 5");
        }
        if (!reading.problems.isEmpty()) {
            throw new ConfigException(reading.problems);
        }
        return reading.settings;
    }

    private @Nullable Node compose() {
        try (InputFile input = InputFile.open(file, "a YAML file of settings")) {
            return new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(input.readAll()));
        } catch (InputFileException unreadable) {
            throw ConfigException.of(String.valueOf(unreadable.getMessage()));
        } catch (MarkedYAMLException wrong) {
            throw ConfigException.of(file + " " + YamlProblem.of(wrong));
        } catch (YAMLException wrong) {
            throw ConfigException.of(file + " is not a YAML file: write settings such as query.top-n: 5");
        } catch (IOException unreadable) {
            throw ConfigException.of("The configuration file " + file + " cannot be read: " + unreadable.getMessage());
        }
    }

    private void mapping(String prefix, MappingNode mapping) {
        for (NodeTuple entry : mapping.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key) {
                value(prefix + key.getValue(), entry.getValueNode());
            } else {
                problem(entry.getKeyNode(), "has a key that is not a name");
            }
        }
    }

    private void value(String key, Node node) {
        if (node instanceof MappingNode mapping) {
            mapping(key + ".", mapping);
        } else if (node instanceof SequenceNode sequence) {
            put(key, list(key, sequence), node);
        } else if (node instanceof ScalarNode scalar && !Tag.NULL.equals(scalar.getTag())) {
            put(key, scalar.getValue(), node);
        }
    }

    private String list(String key, SequenceNode sequence) {
        List<String> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            if (item instanceof ScalarNode scalar) {
                items.add(scalar.getValue());
            } else {
                problem(item, "nests something in the list " + key + ", which takes plain values");
            }
        }
        // Flink's own options separate with semicolons, ours and Kafka's with commas.
        return String.join(key.startsWith(FlinkOptions.PREFIX) ? ";" : ",", items);
    }

    private void put(String key, String text, Node node) {
        if (settings.putIfAbsent(key, text) != null) {
            problem(node, "sets " + key + " a second time");
        }
    }

    private void problem(Node node, String what) {
        problems.add(file + " line " + (node.getStartMark().getLine() + 1) + " " + what);
    }
}
