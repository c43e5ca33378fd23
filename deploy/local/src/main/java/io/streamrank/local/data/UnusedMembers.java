// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.FlatDocuments;
import io.streamrank.local.console.Console;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Counts the documents that have members next to {@code fields} which the job ignores, and keeps the first names. Not
 * thread-safe.
 */
public final class UnusedMembers {
    private static final int SHOWN = 5;

    private final Set<String> names = new LinkedHashSet<>();
    private long documents;
    private boolean more;

    /** Takes a document of the wire contract. */
    public void add(ObjectNode document) {
        List<String> unknown = FlatDocuments.unknown(document);
        documents += unknown.isEmpty() ? 0 : 1;
        for (String name : unknown) {
            if (names.size() < SHOWN) {
                names.add(name);
            } else {
                more |= !names.contains(name);
            }
        }
    }

    /** Prints how many there are, and the first names; nothing where there is none. */
    public void print(Console console) {
        if (documents > 0) {
            console.say(String.format(
                    Locale.ROOT,
                    "%,d %s members next to \"fields\" that are not used, put them into \"metadata\": %s%s",
                    documents,
                    documents == 1 ? "document has" : "documents have",
                    String.join(", ", names),
                    more ? ", …" : ""));
        }
    }
}
