// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.config.InputFile;
import io.streamrank.local.client.DeadLetterReader;
import io.streamrank.local.client.DocumentLoader;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.client.TopicAdmin;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.InputException;
import io.streamrank.local.data.BadRecord;
import io.streamrank.local.data.BadRecords;
import io.streamrank.local.data.DocumentConverter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
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
            "The file is a JSON array, or JSON objects one after the other, in UTF-8, also packed with gzip: documents of the"
                    + " wire contract, or any flat objects. Their texts become fields, and everything else becomes"
                    + " metadata.",
            "",
            "At the end it looks for a moment whether a running job refuses some of them."
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

    @Option(
            names = "--dead-letters-topic",
            paramLabel = "TOPIC",
            defaultValue = "dead-letters",
            description = "Where the job's refusals go.")
    private String deadLetters = "";

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "How long to look for refusals of the job after the last one; 0 for not at all.")
    private int wait;

    @Mixin
    private IdFieldOption idField = new IdFieldOption();

    @Option(names = "--collection", paramLabel = "NAME", description = "The collection of documents that name none.")
    private @Nullable String collection;

    @Mixin
    private ConsoleMixin terminal = new ConsoleMixin();

    @Override
    public Integer call() throws Exception {
        if (wait < 0) {
            throw new InputException("--wait must be at least 0: " + wait);
        }
        InputFile.requireReadable(file, "a JSON file");
        KafkaConnection connection = kafka.connection();
        boolean watched;
        try (TopicAdmin admin = new TopicAdmin(connection)) {
            admin.require(List.of(topic), "create it with ./streamrank topics --create");
            watched = wait > 0 && !admin.describe(List.of(deadLetters)).isEmpty();
        }
        BadRecords problems = BadRecords.of("document", "documents", file);
        if (watched) {
            try (DeadLetterReader letters = new DeadLetterReader(connection, deadLetters, System::nanoTime)) {
                load(connection, problems, letters);
            }
        } else {
            load(connection, problems, null);
        }
        return problems.exitCode();
    }

    private void load(KafkaConnection connection, BadRecords problems, @Nullable DeadLetterReader letters)
            throws Exception {
        Console console = terminal.console();
        String load = UUID.randomUUID().toString();
        long begin = System.nanoTime();
        DocumentConverter converter = new DocumentConverter(idField.name(), collection);
        long sent = new DocumentLoader(console, connection, topic, converter, problems, load).run(file);
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (letters != null) {
            letters.await(load, Duration.ofSeconds(wait))
                    .forEach(letter -> problems.accept(new BadRecord(letter.line(), letter.reason())));
        }
        problems.print(console);
        console.print(String.format(Locale.ROOT, "%,d documents written to %s in %.1f s", sent, topic, seconds));
        console.say("what the job refuses later goes to its dead letters"
                + (letters == null ? "" : ", the topic " + deadLetters));
    }
}
