// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import io.streamrank.state.TextTemplate;
import java.util.List;

/** Defines the options of the text that a model reads of a document. */
final class DocumentOptions {
    private static final TextTemplate DEFAULTS = TextTemplate.defaults();

    /** Whether field names are part of the text. */
    enum TextStyle {
        PLAIN,
        LABELLED
    }

    static final Option<List<String>> EMBED_FIELDS = fields("embed", "Fields that are embedded, in this order.");
    static final Option<List<String>> RANK_FIELDS = fields(
            "rank",
            "Fields that the reranker reads, in this order, unless a query has rank_fields. A document that has"
                    + " none of them comes last, without a score. The answer's usage.missing_rank_fields names those that no"
                    + " candidate has.");
    static final Option<List<String>> SPARSE_FIELDS = Option.names(
            "documents.sparse-fields",
            "field names separated by commas",
            name -> true,
            "Fields that BM25 reads. It never reads their names. Empty: those of documents.embed-fields.");
    static final Option<TextStyle> TEXT_STYLE = Option.choice(
            "documents.text-style",
            TextStyle.PLAIN,
            "plain: the texts alone. labelled: each text on a line after the name of its field (title: …).");
    static final Option<Integer> FIELD_CHARS = Option.integer(
            "documents.field-chars",
            DEFAULTS.fieldChars(),
            1,
            1_000_000,
            "Maximum number of characters that the models read of each field. The rest is stored and returned, but"
                    + " not embedded and not ranked. The answer's usage.truncated counts the pairs that this cuts, and the"
                    + " metric documents.truncated the embedded documents.");

    static final Section SECTION = new Section(
            "Documents",
            "Which text of a document the models read.",
            List.of(EMBED_FIELDS, RANK_FIELDS, SPARSE_FIELDS, TEXT_STYLE, FIELD_CHARS));

    private DocumentOptions() {}

    static TextTemplate embedText(Settings settings) {
        return template(settings, EMBED_FIELDS);
    }

    static TextTemplate rankText(Settings settings) {
        return template(settings, RANK_FIELDS);
    }

    static TextTemplate sparseText(Settings settings) {
        List<String> own = settings.get(SPARSE_FIELDS);
        return new TextTemplate(own.isEmpty() ? settings.get(EMBED_FIELDS) : own, false, settings.get(FIELD_CHARS));
    }

    private static TextTemplate template(Settings settings, Option<List<String>> fields) {
        return new TextTemplate(
                settings.get(fields), settings.get(TEXT_STYLE) == TextStyle.LABELLED, settings.get(FIELD_CHARS));
    }

    private static Option<List<String>> fields(String use, String description) {
        return Option.names(
                "documents." + use + "-fields",
                "field names separated by commas",
                name -> true,
                description + " Empty: all fields in the document's own order.");
    }
}
