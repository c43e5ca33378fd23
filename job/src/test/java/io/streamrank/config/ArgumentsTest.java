// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.config.option.ConfigException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void bothFormsOfAnArgumentAreRead() {
        Arguments arguments =
                Arguments.parse("--config", "a.yaml", "--set=x=1", "--set", "models.embedder.query-prefix=a=b: ");

        assertThat(arguments)
                .isEqualTo(new Arguments(Path.of("a.yaml"), Map.of("x", "1", "models.embedder.query-prefix", "a=b: ")));
    }

    @Test
    void noArgumentsAreFine() {
        assertThat(Arguments.parse()).isEqualTo(new Arguments(null, Map.of()));
    }

    @Test
    void wrongArgumentsAreRefusedWithTheUsage() {
        String usage = "the job takes [--config FILE] [--set KEY=VALUE]...";
        assertRefused("\"--confg\" is not an argument; " + usage, "--confg", "a.yaml");
        assertRefused("\"--password\" is not an argument; " + usage, "--password=hush");
        assertRefused("--config needs a file after it; " + usage, "--config");
        assertRefused("--config is given twice; " + usage, "--config", "a", "--config", "b");
        assertRefused("--set needs KEY=VALUE after it; " + usage, "--set");
        assertRefused("--set needs KEY=VALUE, such as --set query.top-n=5: \"query.top-n\"", "--set", "query.top-n");
        assertRefused("--set needs KEY=VALUE, such as --set query.top-n=5: \"\"", "--set", "=5");
    }

    private static void assertRefused(String problem, String... args) {
        assertThatThrownBy(() -> Arguments.parse(args))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The configuration has a problem:\n- " + problem);
    }
}
