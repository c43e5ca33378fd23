// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.description.HtmlFormatter;

/** Writes the reference page of all options, in Markdown, from the options themselves. */
final class OptionsPage {
    private static final String HEAD = """
            <!-- Generated from the options in io.streamrank.config. To generate it again: %s -->
            # Configuration

            The job takes one YAML file and any number of single settings. A single setting wins over the file:

                --config streamrank.yaml --set query.top-n=5 --set delivery=exactly-once

            Keys may be nested (`kafka: {group-id: a}`) or flat (`kafka.group-id: a`). Lists are `[a, b]` or `a, b`. Times and
            sizes have units: `500 ms`, `10 s`, `5 min`, `1 h`; `512 kb`, `4 mb`. [streamrank.yaml](../deploy/conf/streamrank.yaml)
            is an example to start from. The job checks everything before it is submitted and reports all problems at once.

            `${NAME}` in a value is the environment variable of that name where the job is submitted. `${NAME:-x}` is `x` if it is not
            set, or empty. Only Kafka's clients and models behind an API take secrets. In the settings of Kafka's clients, and
            under `models.embedder.api-key` and `models.reranker.api-key`, `${env:NAME}` and `${file:/path:key}` stay as they are.
            They are resolved on the machine that needs the secret. So a secret is never part of the job. The job refuses a secret
            that is written out.
            """;

    private OptionsPage() {}

    /** @param command that writes the page */
    static String render(String command) {
        return HEAD.formatted(command)
                + "\n## The ten options that matter most\n\n" + table(JobOptions.IMPORTANT)
                + JobOptions.SECTIONS.stream().map(OptionsPage::section).collect(Collectors.joining())
                + passThrough();
    }

    private static String section(Section section) {
        return "\n## " + section.title() + "\n\n" + section.about() + "\n\n" + table(section.options());
    }

    private static String table(List<Option<?>> options) {
        return "| Key | Default | Value | Description |\n|---|---|---|---|\n"
                + options.stream().map(OptionsPage::row).collect(Collectors.joining());
    }

    private static String row(Option<?> option) {
        return "| `" + option.key() + "` | " + shownDefault(option.definition()) + " | " + cell(option.values()) + " | "
                + cell(new HtmlFormatter().format(option.definition().description())) + " |\n";
    }

    private static String passThrough() {
        return "\n## Settings of Kafka and Flink\n\nThe job passes these on under the names that Kafka and Flink give them.\n\n"
                + "| Keys | For |\n|---|---|\n"
                + JobOptions.PASS_THROUGH.stream()
                        .map(settings -> "| `" + settings.prefix() + "*` | " + cell(settings.about()) + " |\n")
                        .collect(Collectors.joining());
    }

    private static <T> String shownDefault(ConfigOption<T> option) {
        if (!option.hasDefaultValue()) {
            return option.equals(KafkaOptions.BOOTSTRAP_SERVERS.definition()) ? "required" : "";
        }
        if (option.defaultValue() instanceof Enum<?> constant) {
            return "`" + Option.name(constant) + "`";
        }
        Configuration configuration = new Configuration();
        configuration.set(option, option.defaultValue());
        Map<String, String> written = configuration.toMap();
        return "`" + written.get(option.key()) + "`";
    }

    /** Escapes stars and underscores, which would be emphasis, and bars, which would be columns. */
    private static String cell(String text) {
        return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_");
    }
}
