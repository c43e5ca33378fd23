// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.docs.MarkdownPage.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks the repository's documentation: short sentences, and links that lead somewhere. */
class PlainEnglishTest {
    private static final Path ROOT = Path.of("..");
    private static final int MOST_WORDS = 30;

    @Test
    void noSentenceHasMoreThanThirtyWords() throws IOException {
        assertThat(pages().filter(page -> !isModelCardOrRecipe(page.file()))
                        .flatMap(page -> page.sentences(page.file().endsWith("configuration.md")).stream())
                        .filter(sentence -> sentence.words() > MOST_WORDS))
                .as("sentences of more than " + MOST_WORDS + " words; make two of each")
                .isEmpty();
    }

    @Test
    void everyRelativeLinkLeadsToAFileAndAHeading() throws IOException {
        assertThat(pages().flatMap(page -> page.relativeLinks().stream()).filter(link -> !leadsSomewhere(link)))
                .as("links that lead nowhere; correct each")
                .isEmpty();
    }

    private static boolean leadsSomewhere(Piece link) {
        List<String> parts = List.of(link.text().split("#", 2));
        Path file = parts.get(0).isEmpty() ? link.file() : link.file().resolveSibling(parts.get(0));
        return Files.exists(file)
                && (parts.size() == 1 || MarkdownPage.read(file).anchors().contains(parts.get(1)));
    }

    /** Their sentences hold formulas, licences and lists of data sets. */
    private static boolean isModelCardOrRecipe(Path file) {
        return file.startsWith(ROOT.resolve("deploy/models"));
    }

    private static Stream<MarkdownPage> pages() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> deploy = Files.walk(ROOT.resolve("deploy"))) {
            List<Path> files = Stream.of(top, docs, deploy)
                    .flatMap(paths -> paths)
                    .filter(path -> path.toString().endsWith(".md"))
                    .filter(path -> !path.toString().contains("/target/"))
                    .sorted()
                    .toList();
            assertThat(files).hasSizeGreaterThan(20);
            return files.stream().map(MarkdownPage::read);
        }
    }
}
