// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Reads from the command line which member of a document is its id. */
final class IdFieldOption {
    @Option(
            names = "--id-field",
            paramLabel = "NAME",
            description =
                    "The member that holds a document's id. Default: id or _id. A document without one gets an id made of the file's name and its content.")
    private @Nullable String name;

    /** Returns the name of the member; null for the usual ones. */
    @Nullable
    String name() {
        return name;
    }
}
