// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/** Counts the terms that an analyzer of Lucene makes of a text. Equal texts have equal terms, so nothing else of it is kept. */
public final class TermCounter implements AutoCloseable {
    private final Analyzer analyzer;

    public TermCounter(TextLanguage language) {
        this.analyzer = language.analyzer();
    }

    /** Returns how often the text has each term, in the order in which they first occur; nothing where it has only stop words. */
    Map<String, Integer> count(String text) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        try (TokenStream tokens = analyzer.tokenStream("text", text)) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
                counts.merge(term.toString(), 1, Integer::sum);
            }
            tokens.end();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory can always be read", e);
        }
        return counts;
    }

    /** Releases what the analyzer keeps for this thread. */
    @Override
    public void close() {
        analyzer.close();
    }
}
