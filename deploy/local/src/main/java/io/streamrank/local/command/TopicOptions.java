// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.local.client.TopicNames;
import picocli.CommandLine.Option;

/** Reads the names of the job's topics from the command line. */
final class TopicOptions {
    @Option(names = "--documents-topic", paramLabel = "TOPIC", defaultValue = "documents")
    private String documents = "";

    @Option(names = "--queries-topic", paramLabel = "TOPIC", defaultValue = "queries")
    private String queries = "";

    @Option(names = "--results-topic", paramLabel = "TOPIC", defaultValue = "ranked-results")
    private String results = "";

    @Option(names = "--dead-letters-topic", paramLabel = "TOPIC", defaultValue = "dead-letters")
    private String deadLetters = "";

    TopicNames names() {
        return new TopicNames(documents, queries, results, deadLetters);
    }
}
