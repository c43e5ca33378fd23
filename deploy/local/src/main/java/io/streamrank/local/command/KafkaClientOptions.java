// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.local.client.KafkaConnection;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Reads from the command line where Kafka is. */
final class KafkaClientOptions {
    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:9092",
            description = "Address of Kafka.")
    private String bootstrapServers = "localhost:9092";

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "Client properties (TLS, SASL), as Kafka's own tools take them.")
    private @Nullable Path commandConfig;

    KafkaConnection connection() {
        return KafkaConnection.of(bootstrapServers, commandConfig);
    }
}
