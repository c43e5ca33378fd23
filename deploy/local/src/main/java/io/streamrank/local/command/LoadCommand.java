// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static io.streamrank.local.command.OptionChecks.requireNotNegative;

import io.streamrank.config.InputFile;
import io.streamrank.local.client.DeadLetterReader;
import io.streamrank.local.client.DocumentLoader;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.client.TopicAdmin;
import io.streamrank.local.console.Console;
import io.streamrank.local.data.BadRecord;
import io.streamrank.local.data.BadRecords;
import io.streamrank.local.data.DocumentConverter;
import io.streamrank.local.store.DocumentStore;
import io.streamrank.local.store.StoreLoader.Loaded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
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
            "Writes the documents of a file, of a database or of a Redis to the documents topic.",
            "",
            "The file is a JSON array, or JSON objects one after the other, in UTF-8, also packed with gzip: documents"
                    + " of the wire contract, or any flat objects. Their texts become fields, and everything else becomes"
                    + " metadata.",
            "",
            "From a database it takes the rows of a query: a column is a member of the document, and the column"
                    + " embedding its vector. From a Redis it takes the hashes and JSON values under a prefix."
                    + " docs/stores.md tells more.",
            "",
            "At the end it looks for a moment whether a running job refuses some of them."
        },
        footer = {
            "  ./streamrank load movies.json",
            "  ./streamrank load --bootstrap-servers kafka:9092 --id-field isbn --collection books books.jsonl.gz",
            "  ./streamrank load --from jdbc:postgresql://db/shop --driver-jar postgresql.jar --sync"
                    + " --query 'SELECT id, title, body, embedding FROM items'",
            "  ./streamrank load --from redis://cache:6379 --prefix docs --collection docs --vectors drop"
        })
public final class LoadCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "0..1", description = "Documents. Not with --from.")
    private @Nullable Path file;

    @Mixin
    private StoreOptions stores = new StoreOptions();

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
        requireNotNegative("--wait", wait);
        if (file != null) {
            StoreOptions.requireNone(terminal.given());
            StoreOptions.requireNoAddress(file.toString());
            InputFile.requireReadable(file, "a JSON file");
        }
        try (@Nullable DocumentStore store = file == null ? stores.open(terminal.given()) : null) {
            return load(store);
        }
    }

    /** @param store null for the file */
    private int load(@Nullable DocumentStore store) throws Exception {
        KafkaConnection connection = kafka.connection();
        boolean watched;
        try (TopicAdmin admin = new TopicAdmin(connection)) {
            admin.require(List.of(topic), "create it with ./streamrank topics --create");
            watched = wait > 0 && !admin.existing(List.of(deadLetters)).isEmpty();
        }
        BadRecords problems = store == null
                ? BadRecords.of("document", "documents", file)
                : new BadRecords("document", "documents", store.rowName());
        if (watched) {
            try (DeadLetterReader letters = new DeadLetterReader(connection, deadLetters, System::nanoTime)) {
                load(store, connection, problems, letters);
            }
        } else {
            load(store, connection, problems, null);
        }
        return problems.exitCode();
    }

    private void load(
            @Nullable DocumentStore store,
            KafkaConnection connection,
            BadRecords problems,
            @Nullable DeadLetterReader letters)
            throws Exception {
        Console console = terminal.console();
        String load = UUID.randomUUID().toString();
        long begin = System.nanoTime();
        DocumentConverter converter = new DocumentConverter(idField.name(), collection);
        Loaded loaded = store != null
                ? stores.load(store, console, connection, topic, converter, problems, load)
                : new Loaded(new DocumentLoader(console, connection, topic, converter, problems, load).run(file()), 0);
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (letters != null) {
            letters.await(load, Duration.ofSeconds(wait))
                    .forEach(letter -> problems.accept(new BadRecord(letter.line(), letter.reason())));
        }
        problems.print(console);
        console.print(
                String.format(Locale.ROOT, "%,d documents written to %s in %.1f s", loaded.written(), topic, seconds));
        if (loaded.deleted() > 0) {
            console.print(String.format(
                    Locale.ROOT, "%,d documents deleted, which the store no longer has", loaded.deleted()));
        }
        console.say("what the job refuses later goes to its dead letters"
                + (letters == null ? "" : ", the topic " + deadLetters));
    }

    private Path file() {
        return Objects.requireNonNull(file, "a store was opened instead");
    }
}
