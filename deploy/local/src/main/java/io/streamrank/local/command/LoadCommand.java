// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.local.client.DocumentLoader;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.client.TopicAdmin;
import io.streamrank.local.console.Console;
import io.streamrank.local.data.BadRecords;
import io.streamrank.local.data.DocumentConverter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs {@code ./streamrank load}: writes the documents of a file to the job's topic. */
@Command(
        name = "load",
        description = {
            "Writes the documents of a file to the documents topic.",
            "",
            "The file is a JSON array, or one JSON object a line (.gz too): documents of the wire contract, or any flat"
                    + " objects. Their texts become fields, and everything else becomes metadata."
        },
        footer = {
            "  ./streamrank load movies.json",
            "  ./streamrank load --bootstrap-servers kafka:9092 --id-field isbn --collection books books.jsonl.gz"
        })
public final class LoadCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "Documents.")
    private Path file = Path.of("");

    @Mixin
    private KafkaClientOptions kafka = new KafkaClientOptions();

    @Option(names = "--topic", defaultValue = "documents", description = "The documents topic.")
    private String topic = "";

    @Mixin
    private IdFieldOption idField = new IdFieldOption();

    @Option(names = "--collection", paramLabel = "NAME", description = "The collection of documents that name none.")
    private @Nullable String collection;

    @Mixin
    private ConsoleMixin terminal = new ConsoleMixin();

    @Override
    public Integer call() throws Exception {
        Console console = terminal.console();
        KafkaConnection connection = kafka.connection();
        try (TopicAdmin admin = new TopicAdmin(connection)) {
            admin.require(List.of(topic), "create it with ./streamrank topics --create");
        }
        BadRecords problems = new BadRecords("document", "documents");
        long begin = System.nanoTime();
        long sent = new DocumentLoader(
                        console, connection, topic, new DocumentConverter(idField.name(), collection), problems)
                .run(file);
        problems.print(console);
        console.print(String.format(
                Locale.ROOT, "%,d documents written to %s in %.1f s", sent, topic, (System.nanoTime() - begin) / 1e9));
        return problems.exitCode();
    }
}
