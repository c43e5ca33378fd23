// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static io.streamrank.local.command.OptionChecks.refuseUseless;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads from the command line which store to load from, and how. */
final class StoreOptions {
    private static final String PASSWORD = "STREAMRANK_STORE_PASSWORD";
    private static final Set<String> OF_DATABASES = Set.of("--query", "--driver-jar", "--user");
    private static final Set<String> OF_REDIS = Set.of("--prefix", "--vector-field", "--vector-type");
    private static final Set<String> OF_STORES = Set.of("--from", "--vectors", "--sync", "--resume");
    private static final Set<String> OF_THE_JOB = Set.of("--set", "--config");
    private static final String KAFKA = "kafka.";

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
            description =
                    "The job's configuration, whose embedder the vectors of a store are compared with. Kafka is where"
                            + " --bootstrap-servers says.")
    private @Nullable Path config;

    @Mixin
    private SettingsOption settings = new SettingsOption();

    /**
     * Refuses options of a store next to a file.
     *
     * @param given the names of all options that the user gave
     */
    static void requireNone(List<String> given) {
        refuseUseless(
                given,
                OF_THE_JOB::contains,
                "cannot go with a file: say with --bootstrap-servers, --command-config and --topic where its documents"
                        + " go");
        refuseUseless(
                given,
                option -> OF_STORES.contains(option) || OF_DATABASES.contains(option) || OF_REDIS.contains(option),
                "cannot go with a file: leave out the file, or these options of a store");
    }

    /** Refuses the address of a store where a file is meant, and does not repeat it, as there may be a password in it. */
    static void requireNoAddress(String file) {
        if (file.startsWith("jdbc:") || file.startsWith("redis:") || file.startsWith("rediss:")) {
            throw new InputException("what begins with " + scheme(file)
                    + " is the address of a store, and no file: put --from before it");
        }
    }

    /**
     * Connects to the store.
     *
     * @param given the names of all options that the user gave
     */
    DocumentStore open(List<String> given) {
        if (from == null) {
            throw new InputException("there is nothing to load: name a file, or a store with --from");
        }
        if (resume != null) {
            requireWritable("--resume", resume);
        }
        requireNoKafka();
        if (from.startsWith("jdbc:")) {
            refuseUseless(given, OF_REDIS::contains, "cannot go with a database: leave out options of a Redis");
            return database(from);
        }
        if (from.startsWith("redis://") || from.startsWith("rediss://")) {
            refuseUseless(
                    given,
                    OF_DATABASES::contains,
                    "cannot go with a Redis: leave out options of a database, and write a user into the address, as"
                            + " redis://user@host:6379");
            return redis(from);
        }
        throw new InputException(
                "--from must be an address that begins with jdbc:, redis:// or rediss://, but begins with "
                        + scheme(from));
    }

    /** Refuses settings that say where Kafka is, as the documents go where other options say. */
    private void requireNoKafka() {
        for (String key : settings.map().keySet()) {
            if (key.startsWith(KAFKA)) {
                throw new InputException("--set " + key
                        + " cannot go with load: say with --bootstrap-servers, --command-config and --topic where the"
                        + " documents go");
            }
        }
    }

    private DocumentStore database(String address) {
        if (query == null) {
            throw new InputException("--from " + scheme(address)
                    + " needs --query, such as --query \"SELECT id, title, body FROM items\"");
        }
        return JdbcStore.open(address, query, driverJar, user, System.getenv(PASSWORD));
    }

    private DocumentStore redis(String address) {
        if (prefix == null) {
            throw new InputException("--from " + scheme(address) + " needs --prefix, such as --prefix docs");
        }
        VectorType type = choice("--vector-type", VectorType.class, vectorType);
        RedisStore store = RedisStore.open(address, prefix, vectorField, type, System.getenv(PASSWORD));
        if (sync && store.isPartOfACluster()) {
            store.close();
            throw new InputException("--sync does not work with one server of a Redis cluster, as the documents on the"
                    + " others would be deleted: leave it out, and load from each master");
        }
        return store;
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
