// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.corpus;

import java.util.EnumSet;
import org.apache.flink.configuration.description.Description;
import org.apache.flink.configuration.description.Formatter;
import org.apache.flink.configuration.description.TextElement.TextStyle;

/** Strips markup from descriptions and puts them on one line. */
final class PlainText extends Formatter {
    /** Enough for what an option does; the rest is seldom about the question. */
    private static final int LONGEST = 500;

    /** Strips the HTML that Kafka writes, with few tags and fewer entities. */
    static String ofHtml(String html) {
        String text = html.replace("</li>", "; ")
                .replaceAll("</?[a-zA-Z][^>]*>", " ")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&nbsp;", " ")
                .replace("&amp;", "&");
        return shortened(text);
    }

    static String of(Description description) {
        return shortened(new PlainText().format(description));
    }

    /** Cuts after a whole sentence where there is one. */
    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ").replaceAll(" ([.,;:])", "$1").strip();
        if (line.length() <= LONGEST) {
            return line;
        }
        int sentence = line.lastIndexOf(". ", LONGEST);
        return sentence > 0 ? line.substring(0, sentence + 1) : line.substring(0, line.lastIndexOf(' ', LONGEST));
    }

    @Override
    protected void formatLink(StringBuilder state, String link, String description) {
        state.append(description);
    }

    @Override
    protected void formatLineBreak(StringBuilder state) {
        state.append(' ');
    }

    @Override
    protected void formatText(StringBuilder state, String format, String[] elements, EnumSet<TextStyle> styles) {
        state.append(String.format(format, (Object[]) elements));
    }

    @Override
    protected void formatList(StringBuilder state, String[] entries) {
        for (String entry : entries) {
            state.append(' ').append(entry).append(entry.endsWith(".") ? "" : ";");
        }
    }

    @Override
    protected Formatter newInstance() {
        return new PlainText();
    }
}
