// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.description.HtmlFormatter;

/** The reference of all options, in Markdown, made from the options themselves. */
final class OptionsPage {
    private static final String HEAD = """
            <!-- Made from the options in io.streamrank.config. To make it again: %s -->
            # Configuration

            The job takes one YAML file and any number of single settings, which win over it:

                --config streamrank.yaml --set query.top-n=5 --set delivery=exactly-once

            Keys may be nested (`kafka: {group-id: a}`) or flat (`kafka.group-id: a`). Lists are `[a, b]` or `a, b`. Times and
            sizes have units: `500 ms`, `10 s`, `5 min`, `1 h`; `512 kb`, `4 mb`. [streamrank.yaml](../deploy/conf/streamrank.yaml)
            is an example to start from. Everything is checked before the job is submitted, and every problem is reported at once.

            `${NAME}` in a value is the environment variable of that name where the job is submitted, and `${NAME:-x}` is `x` where
            there is none. Secrets are for Kafka's clients alone, and there `${env:NAME}` and `${file:/path:key}` stay as they are
            until the client resolves them on the machine where it runs: a secret is never part of the job. A secret written out
            is refused.
            """;

    private OptionsPage() {}

    /** @param command that writes the page */
    static String render(String command) {
        return HEAD.formatted(command)
                + JobOptions.SECTIONS.stream().map(OptionsPage::section).collect(Collectors.joining())
                + passThrough();
    }

    private static String section(Section section) {
        return "\n## " + section.title() + "\n\n" + section.about() + "\n\n"
                + "| Key | Default | Value | Description |\n|---|---|---|---|\n"
                + section.options().stream().map(OptionsPage::row).collect(Collectors.joining());
    }

    private static String row(Option<?> option) {
        return "| `" + option.key() + "` | " + shownDefault(option.definition()) + " | " + cell(option.values()) + " | "
                + cell(new HtmlFormatter().format(option.definition().description())) + " |\n";
    }

    private static String passThrough() {
        return "\n## Settings of others\n\nHanded on under the names that their owners give them.\n\n"
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

    /** Stars and underscores are no emphasis here, bars no columns. */
    private static String cell(String text) {
        return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_");
    }
}
