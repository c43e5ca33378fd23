// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static io.streamrank.local.command.OptionChecks.requireWritable;

import io.streamrank.config.JobConfig;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.InputException;
import io.streamrank.local.data.BadRecords;
import io.streamrank.local.data.DocumentConverter;
import io.streamrank.local.store.DocumentStore;
import io.streamrank.local.store.JdbcStore;
import io.streamrank.local.store.RedisStore;
import io.streamrank.local.store.StoreLoader;
import io.streamrank.local.store.StoreLoader.Loaded;
import io.streamrank.local.store.VectorPolicy;
import io.streamrank.local.store.VectorType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads from the command line which store to load from, and how. */
final class StoreOptions {
    private static final String PASSWORD = "STREAMRANK_STORE_PASSWORD";

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            description = "A database (jdbc:…) or a Redis (redis://…, with TLS rediss://…) to read instead of a file.")
    private @Nullable String from;

    @Option(
            names = "--query",
            paramLabel = "SQL",
            description = "What to select from a database; one column must be the id.")
    private @Nullable String query;

    @Option(
            names = "--driver-jar",
            paramLabel = "FILE",
            description = "The jar of the JDBC driver, such as duckdb_jdbc, postgresql or sqlite-jdbc.")
    private @Nullable Path driverJar;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "User of the database. The password comes from the environment, as " + PASSWORD + ".")
    private @Nullable String user;

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Prefix of the keys of documents in a Redis.")
    private @Nullable String prefix;

    @Option(
            names = "--vector-field",
            paramLabel = "NAME",
            defaultValue = "embedding",
            description = "The field of a Redis document that holds its vector.")
    private String vectorField = "embedding";

    @Option(
            names = "--vector-type",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "What the bytes of a vector in a Redis hash are: float32, float64, float16, bfloat16, int8 or"
                    + " uint8.")
    private String vectorType = "float32";

    @Option(
            names = "--vectors",
            paramLabel = "MODE",
            defaultValue = "check",
            description = {
                "What happens to vectors that documents of a store bring. check: the job's embedder embeds some"
                        + " documents again, and load refuses vectors of another model. foreign: take them unchecked."
                        + " drop: leave them out, so that the job embeds the documents."
            })
    private String vectors = "check";

    @Option(
            names = "--sync",
            description = "Delete documents of the collection that the topic holds and the store does not.")
    private boolean sync;

    @Option(
            names = "--resume",
            paramLabel = "FILE",
            description =
                    "Keep in this file how far the load came, and go on from there if it exists. A query needs ORDER"
                            + " BY.")
    private @Nullable Path resume;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The job's configuration, whose embedder the vectors of a store are compared with.")
    private @Nullable Path config;

    @Mixin
    private SettingsOption settings = new SettingsOption();

    /** Refuses options of a store next to a file. */
    void requireNone() {
        if (from != null || query != null || prefix != null || sync || resume != null) {
            throw new InputException(
                    "--from, --query, --prefix, --sync and --resume do not go with a file: leave out the"
                            + " file or these");
        }
    }

    /** Connects to the store. */
    DocumentStore open() throws IOException {
        if (from == null) {
            throw new InputException("there is nothing to load: name a file, or a store with --from");
        }
        if (resume != null) {
            requireWritable("--resume", resume);
        }
        String password = System.getenv(PASSWORD);
        if (from.startsWith("jdbc:")) {
            if (query == null) {
                throw new InputException("--from " + scheme(from)
                        + " needs --query, such as --query \"SELECT id, title, body FROM items\"");
            }
            return JdbcStore.open(from, query, driverJar, user, password);
        }
        if (from.startsWith("redis://") || from.startsWith("rediss://")) {
            if (prefix == null) {
                throw new InputException("--from " + scheme(from) + " needs --prefix, such as --prefix docs");
            }
            VectorType type = choice("--vector-type", VectorType.class, vectorType);
            RedisStore store = RedisStore.open(from, prefix, vectorField, type, password);
            if (sync && store.isPartOfACluster()) {
                store.close();
                throw new InputException(
                        "--sync does not work with one server of a Redis cluster, as the documents on the"
                                + " others would be deleted: leave it out, and load from each master");
            }
            return store;
        }
        throw new InputException(
                "--from must be an address that begins with jdbc:, redis:// or rediss://, but begins with "
                        + scheme(from));
    }

    /** Loads what the store holds. */
    Loaded load(
            DocumentStore store,
            Console console,
            KafkaConnection connection,
            String topic,
            DocumentConverter converter,
            BadRecords problems,
            String load)
            throws IOException, InterruptedException {
        VectorPolicy policy = choice("--vectors", VectorPolicy.class, vectors);
        return new StoreLoader(
                        console, connection, topic, converter, problems, load, job(connection), policy, sync, resume)
                .run(store);
    }

    private JobConfig job(KafkaConnection connection) {
        Map<String, String> set = new LinkedHashMap<>(settings.map());
        set.put(LocalJob.BOOTSTRAP_SERVERS, connection.bootstrapServers());
        return LocalJob.config(config, set);
    }

    /** Returns the beginning of an address, in which there is no secret. */
    private static String scheme(String address) {
        String[] parts = address.split(":", 3);
        return parts.length > 2 && parts[0].equals("jdbc") ? parts[0] + ':' + parts[1] : parts[0];
    }

    private static <E extends Enum<E>> E choice(String option, Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw new InputException(option + " must be one of "
                + Arrays.stream(type.getEnumConstants())
                        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "))
                + ": " + text);
    }
}
