// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.junit.jupiter.api.Test;

class OptionsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final String COMMAND =
            "mvn -pl job -am test -Dtest=OptionsPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dstreamrank.write-docs=true";

    @Test
    void pageOfAllOptionsIsCurrent() throws Exception {
        String page = OptionsPage.render(COMMAND);
        if (Boolean.getBoolean("streamrank.write-docs")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
                .as("docs/configuration.md is stale; generate it again with: " + COMMAND)
                .isEqualTo(page);
    }

    @Test
    void everyOptionHasADescriptionThatEndsLikeASentence() {
        assertThat(JobOptions.SECTIONS)
                .flatExtracting(Section::options)
                .allSatisfy(option -> assertThat(new HtmlFormatter()
                                .format(((Option<?>) option).definition().description()))
                        .as(((Option<?>) option).key())
                        .matches(".{10,}\\."));
    }
}
