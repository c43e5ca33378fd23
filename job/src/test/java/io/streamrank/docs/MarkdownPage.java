// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads a Markdown file as the checks of the documentation need it: sentences, links and the anchors of headings.
 *
 * @param lines without front matter and code blocks, which are empty here so that line numbers stay true
 */
record MarkdownPage(Path file, List<String> lines) {
    private static final Pattern LINK = Pattern.compile("\\[([^\\]]*)\\]\\(([^)\\s]+)\\)");
    private static final Pattern TARGET = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");
    private static final Pattern BLOCK_START = Pattern.compile("\\s*(#+|[*-]|\\d+\\.|\\|) ?.*");
    private static final Pattern LAST_CELL = Pattern.compile(".* \\| (.*) \\|");
    private static final Pattern SENTENCE_END = Pattern.compile(".*[.!?][)\"*_]*");
    private static final Pattern WORD = Pattern.compile(".*[\\p{L}\\p{N}].*");

    /** A piece of text at a line of the file, counted from 1. */
    record Piece(Path file, int line, String text) {
        long words() {
            return Stream.of(text.split(" ", -1))
                    .filter(WORD.asMatchPredicate())
                    .count();
        }

        @Override
        public String toString() {
            return file + ":" + line + ": " + text;
        }
    }

    static MarkdownPage read(Path file) {
        List<String> lines = new ArrayList<>();
        boolean code = false;
        try {
            for (String line : Files.readAllLines(file)) {
                boolean fence = line.strip().startsWith("```") || (line.equals("---") && (code || lines.isEmpty()));
                code ^= fence;
                lines.add(code || fence || line.startsWith("    ") || line.startsWith("<!--") ? "" : line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new MarkdownPage(file, lines);
    }

    /**
     * Returns the sentences of the prose, with "code" for each inline code and the text for each link. A table is no prose.
     *
     * @param descriptions whether the last column of each table is prose all the same, as in the reference of options
     */
    List<Piece> sentences(boolean descriptions) {
        List<Piece> sentences = new ArrayList<>();
        List<String> words = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || BLOCK_START.matcher(line).matches()) {
                end(sentences, words, first);
            }
            for (String word : prose(line, descriptions).split("\\s+", -1)) {
                first = words.isEmpty() ? i + 1 : first;
                words.add(word);
                if (SENTENCE_END.matcher(word).matches()) {
                    end(sentences, words, first);
                }
            }
        }
        end(sentences, words, first);
        return sentences;
    }

    private void end(List<Piece> sentences, List<String> words, int line) {
        sentences.add(new Piece(file, line, String.join(" ", words).strip()));
        words.clear();
    }

    private static String prose(String line, boolean descriptions) {
        String text = line;
        if (line.startsWith("|")) {
            text = descriptions ? LAST_CELL.matcher(line).replaceFirst("$1") : "";
        }
        return LINK.matcher(CODE.matcher(text).replaceAll("code")).replaceAll("$1");
    }

    /** Returns the targets of all links to files of the repository or to headings of this page. */
    List<Piece> relativeLinks() {
        return IntStream.range(0, lines.size())
                .boxed()
                .flatMap(i -> TARGET.matcher(CODE.matcher(lines.get(i)).replaceAll("code"))
                        .results()
                        .map(found -> new Piece(file, i + 1, found.group(1))))
                .filter(link -> !link.text().contains("://"))
                .toList();
    }

    /** Returns the anchors that GitHub gives the headings. */
    Set<String> anchors() {
        return lines.stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
