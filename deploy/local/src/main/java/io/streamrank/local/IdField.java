// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which member of a document is its id, on the command line. */
final class IdField {
    @Option(
            names = "--id-field",
            paramLabel = "NAME",
            description =
                    "The member that holds a document's id. Default: id or _id, or else the position in the file.")
    private @Nullable String name;

    /** Null for the usual ones. */
    @Nullable
    String name() {
        return name;
    }
}
