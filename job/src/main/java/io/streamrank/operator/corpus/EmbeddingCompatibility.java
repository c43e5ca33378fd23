// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.state.TextTemplate;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that the vectors in the state can be compared with new ones: it keeps, with them, the embedder that made them and
 * the text of a document that it was given. Vectors of another embedder cannot be compared, so the job ends. Vectors of
 * another text can, and a document that is sent again gets a new one, so the job only logs the difference.
 */
final class EmbeddingCompatibility {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddingCompatibility.class);

    private final ListState<String> embedders;
    private final ListState<TextTemplate> texts;

    EmbeddingCompatibility(OperatorStateStore store) throws Exception {
        embedders = store.getUnionListState(new ListStateDescriptor<>("embedder", String.class));
        texts = store.getUnionListState(new ListStateDescriptor<>("embed-text", TextTemplate.class));
    }

    /** Compares the configuration with what was restored. */
    void check(String embedder, TextTemplate text) throws Exception {
        for (String written : embedders.get()) {
            if (!written.equals(embedder)) {
                throw new SuppressRestartsException(new IllegalStateException(
                        "the state was written with another embedder (" + written + ") than the configured one ("
                                + embedder + "), whose vectors cannot be compared; configure the first one, or"
                                + " start without state so that the documents are embedded again"));
            }
        }
        for (TextTemplate written : texts.get()) {
            if (!written.equals(text)) {
                LOG.warn(
                        "The documents in the state were embedded with other settings: {}. They keep their vectors until"
                                + " they are sent again; send all of them again, or start without state, to have them"
                                + " embedded again.",
                        String.join("; ", differences(written, text)));
                return; // the others were written by other subtasks of the same job
            }
        }
    }

    /** Writes what the vectors are made with now. */
    void store(String embedder, TextTemplate text) throws Exception {
        embedders.update(List.of(embedder));
        texts.update(List.of(text));
    }

    private static List<String> differences(TextTemplate before, TextTemplate now) {
        List<String> found = new ArrayList<>();
        if (!before.fields().equals(now.fields())) {
            found.add("documents.embed-fields was " + before.fields() + " and is " + now.fields());
        }
        if (before.labelled() != now.labelled()) {
            found.add("documents.text-style was " + style(before) + " and is " + style(now));
        }
        if (before.fieldChars() != now.fieldChars()) {
            found.add("documents.field-chars was " + before.fieldChars() + " and is " + now.fieldChars());
        }
        return found;
    }

    private static String style(TextTemplate template) {
        return template.labelled() ? "labelled" : "plain";
    }
}
