// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {
    private static final List<ConfigurationOption> OPTIONS = ConfigurationReference.read();

    @Test
    void holdsWellOverSevenHundredOptionsWithUniqueIds() {
        Map<String, Long> byId =
                OPTIONS.stream().collect(Collectors.groupingBy(ConfigurationOption::id, Collectors.counting()));

        assertThat(OPTIONS).hasSizeGreaterThan(700);
        assertThat(byId.values()).allMatch(count -> count == 1);
    }

    @Test
    void describesAnOptionOfTheConsumer() {
        assertThat(byId("kafka.consumer/auto.offset.reset")).satisfies(option -> {
            assertThat(option.type()).isEqualTo("string");
            assertThat(option.defaultValue()).isEqualTo("latest");
            assertThat(option.title()).isEqualTo("auto.offset.reset (Kafka consumer)");
            assertThat(option.description())
                    .startsWith("What to do when there is no initial offset in Kafka")
                    .doesNotContain("<ul>")
                    .contains("automatically reset the offset to the earliest offset;");
        });
    }

    @Test
    void describesAnOptionOfFlink() {
        assertThat(byId("flink/execution.checkpointing.interval")).satisfies(option -> {
            assertThat(option.type()).isEqualTo("Duration");
            assertThat(option.description()).contains("checkpoint").doesNotContain("%s");
        });
        assertThat(byId("flink/parallelism.default").defaultValue()).isEqualTo("1");
    }

    @Test
    void listsAnOptionThatSeveralClientsShareOnce() {
        assertThat(byId("kafka.consumer/sasl.mechanism").components()).contains("consumer", "producer", "admin");
        assertThat(OPTIONS.stream().map(ConfigurationOption::id)).doesNotContain("kafka.producer/sasl.mechanism");
    }

    @Test
    void everyOptionSaysWhatItDoesInAFewSentences() {
        assertThat(OPTIONS)
                .allSatisfy(
                        option -> assertThat(option.description()).isNotBlank().hasSizeLessThan(501));
    }

    @Test
    void writesAnOptionInTheWireContract() {
        assertThat(ConfigurationReference.document(byId("kafka.consumer/auto.offset.reset"))
                        .toString())
                .startsWith("""
                        {"id":"kafka.consumer/auto.offset.reset","fields":{"title":"auto.offset.reset""")
                .endsWith("""
                        "metadata":{"system":"kafka","component":["consumer"],"type":"string","default":"latest"}}""");
    }

    private static ConfigurationOption byId(String id) {
        return OPTIONS.stream()
                .collect(Collectors.toMap(ConfigurationOption::id, Function.identity(), (a, b) -> a))
                .get(id);
    }
}
