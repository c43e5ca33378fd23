// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.kafka.KafkaConfig;
import io.streamrank.kafka.TopicException;
import io.streamrank.kafka.TopicIds;
import io.streamrank.local.cluster.StateDirectory;
import io.streamrank.local.console.CacheDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Reads from the command line where a job of the launcher keeps its state. */
final class StateOptions {
    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "Directory for checkpoints, with a folder for each group and its topics. Default: the launcher's"
                            + " cache. The next run continues from there.")
    private @Nullable Path directory;

    @Option(
            names = "--fresh",
            description = "Forget that state: documents are embedded again, and queries that were read but not answered"
                    + " stay unanswered.")
    private boolean fresh;

    /**
     * Opens the job's own directory, so that no state meets other topics, be it those of another cluster at the same
     * address.
     *
     * @throws InputException where another job has it
     */
    StateDirectory open(KafkaConfig kafka) throws IOException, TopicException, InterruptedException {
        List<String> topics = TopicIds.of(kafka, List.of(kafka.documentsTopic(), kafka.queriesTopic()));
        byte[] name = (kafka.groupId() + topics).getBytes(StandardCharsets.UTF_8);
        String folder = kafka.groupId().replaceAll("[^\\w.-]", "_") + "-" + UUID.nameUUIDFromBytes(name);
        Path parent = directory == null ? CacheDirectory.path().resolve("state") : directory;
        StateDirectory state = StateDirectory.open(parent.resolve(folder));
        if (fresh) {
            state.clear();
        }
        return state;
    }
}
