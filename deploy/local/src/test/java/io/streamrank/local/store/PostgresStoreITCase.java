// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.streamrank.codec.EmbeddingCodec;
import io.streamrank.local.cluster.LocalPorts;
import io.streamrank.local.console.FailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * With a PostgreSQL of this machine: Debian's, or the programs in the folder that the environment names as {@code
 * STREAMRANK_POSTGRES_BIN}. Debian 12 has no package of pgvector.
 */
class PostgresStoreITCase {
    private static final String OWNER = "postgres";
    private static final String VECTOR = EmbeddingCodec.base64(new float[] {0.5f, -2});

    private static Path directory;
    private static ServerProcess server;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> initdb = ServerProcess.find("initdb", folders());
        assumeThat(initdb)
                .as("PostgreSQL is not installed: apt-get install postgresql")
                .isPresent();
        Path bin = initdb.get().toRealPath().getParent();
        directory = Files.createTempDirectory("streamrank-postgres");
        Path log = directory.resolve("log");
        if (isRoot()) { // which PostgreSQL refuses to run as
            ServerProcess.run(log, List.of("chown", OWNER, directory.toString()));
        }
        ServerProcess.run(
                log,
                asOwner(bin.resolve("initdb") + " -D " + directory.resolve("data") + " -U " + OWNER
                        + " -A trust --no-sync"));
        int port = LocalPorts.free();
        server = ServerProcess.start(
                log,
                asOwner("exec " + bin.resolve("postgres") + " -D " + directory.resolve("data") + " -h 127.0.0.1 -p "
                        + port + " -k '' -F"));
        url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
        await().atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> {
            connect().close();
            return true;
        });
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
            ServerProcess.run(
                    directory.resolve("log"),
                    List.of("rm", "-rf", directory.resolve("data").toString()));
        }
    }

    @Test
    void readsArraysDatesAndJson() throws Exception {
        CollectedRows read =
                CollectedRows.of(store("SELECT 'a' AS id, 'The ship' AS title, 1997 AS year, 1.50 AS price, true AS"
                        + " sold, ARRAY['x','y'] AS tags, DATE '2024-05-06' AS day, '{\"a\":[1]}'::jsonb AS more,"
                        + " ARRAY[0.5,-2]::real[] AS embedding"));

        assertThat(read.rows)
                .containsExactly("1 {\"id\":\"a\",\"title\":\"The ship\",\"year\":1997,\"price\":1.50,\"sold\":true,"
                        + "\"tags\":[\"x\",\"y\"],\"more\":{\"a\":[1]},\"embedding\":\"" + VECTOR
                        + "\",\"metadata\":{\"day\":\"2024-05-06\"}}");
    }

    @Test
    void readsUuidsXmlFloatsAndNumbersThatJsonLacks() throws Exception {
        String key = "0190b6a2-7c7e-7cc3-98c8-0123456789ab";
        CollectedRows read = CollectedRows.of(store("SELECT '" + key + "'::uuid AS id, '" + key + "'::uuid AS maker,"
                + " '<a>x</a>'::xml AS body, 0.1::real AS price, ARRAY['" + key + "'::uuid] AS parts,"
                + " '{\"year\":1997}'::json AS metadata"));

        assertThat(read.rows)
                .containsExactly("1 {\"id\":\"" + key + "\",\"body\":\"<a>x</a>\",\"price\":0.1,\"parts\":[\"" + key
                        + "\"],\"metadata\":{\"maker\":\"" + key + "\",\"year\":1997}}");
        assertThat(CollectedRows.of(store("SELECT 1 AS id, 'NaN'::numeric AS x")).refused)
                .containsExactly("1 has NaN in the column x, which JSON has no number for: select null for it");
    }

    /** A result that is held as a whole would fail before its first row. */
    @Test
    void readsRowByRow() {
        JdbcStore failing = store("SELECT n AS id, 1 / (5000 - n) AS q FROM generate_series(1, 6000) n");

        assertThatThrownBy(() -> CollectedRows.of(failing))
                .hasMessage(url + " fails after 4000 rows of --query: ERROR: division by zero");
    }

    @Test
    void tellsThatTheServerEndsTheConnection() {
        JdbcStore ended =
                store("SELECT n AS id, pg_terminate_backend(CASE n WHEN 5000 THEN pg_backend_pid() ELSE 0 END)"
                        + " FROM generate_series(1, 6000) n");

        assertThatThrownBy(() -> CollectedRows.of(ended))
                .isInstanceOf(FailedException.class)
                .hasMessageStartingWith(url + " fails after 4000 rows of --query: FATAL: terminating connection");
    }

    @Test
    void readsTheVectorsOfPgvector() throws Exception {
        boolean available = true;
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION IF NOT EXISTS vector");
        } catch (SQLException missing) {
            available = false;
        }
        assumeThat(available).as("this PostgreSQL has no pgvector").isTrue();

        CollectedRows read =
                CollectedRows.of(store("SELECT 1 AS id, '[0.5,-2]'::vector AS embedding UNION ALL SELECT 2, NULL"));

        assertThat(read.rows).containsExactly("1 {\"id\":1,\"embedding\":\"" + VECTOR + "\"}", "2 {\"id\":2}");
    }

    private static JdbcStore store(String query) {
        return JdbcStore.open(url, query, null, OWNER, null);
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(url, OWNER, "");
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static List<String> asOwner(String command) {
        return isRoot()
                ? List.of("setpriv", "--reuid", OWNER, "--regid", OWNER, "--init-groups", "sh", "-c", command)
                : List.of("sh", "-c", command);
    }

    private static String[] folders() throws Exception {
        List<String> folders = new ArrayList<>();
        String named = System.getenv("STREAMRANK_POSTGRES_BIN");
        if (named != null) {
            folders.add(named);
        }
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (var versions = Files.list(debian)) {
                versions.map(version -> version.resolve("bin").toString()).forEach(folders::add);
            }
        }
        return folders.toArray(String[]::new);
    }
}
