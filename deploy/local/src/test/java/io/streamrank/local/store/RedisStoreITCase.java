// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.streamrank.codec.EmbeddingCodec;
import io.streamrank.local.cluster.LocalPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a Redis of this machine. Debian's has no JSON values, so these are read from made ones in {@link RedisValuesTest}. */
class RedisStoreITCase {
    private static final byte[] VECTOR = HexFormat.of().parseHex("0000003f000000c0");
    private static final int MANY = 2_500;

    @TempDir
    static Path directory;

    private static ServerProcess server;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> program = ServerProcess.find("redis-server");
        assumeThat(program)
                .as("redis-server is not installed: apt-get install redis-server")
                .isPresent();
        port = LocalPorts.free();
        server = ServerProcess.start(
                directory.resolve("redis.log"),
                List.of(
                        program.get().toString(),
                        "--port",
                        "" + port,
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--requirepass",
                        "secret"));
        await().ignoreExceptions().until(() -> {
            connect().close();
            return true;
        });
        try (RedisConnection redis = connect()) {
            redis.call("SET", "docs:text", "no document");
            redis.call("HSET", "docsother", "title", "another prefix");
            hash(redis, "docs:01J", "title", "The ship", "year", "1997", "id", "own");
            hash(redis, "docs:01K", "title", "The shark");
            for (int i = 0; i < MANY; i++) {
                hash(redis, "many:" + i, "title", "text " + i);
            }
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void readsTheHashesUnderAPrefixWithTheirVectors() throws Exception {
        CollectedRows read = CollectedRows.of(store("docs"));

        String vector = EmbeddingCodec.base64(new float[] {0.5f, -2});
        assertThat(read.rows.stream().map(row -> row.replaceFirst("^\\d+ ", "")))
                .containsExactlyInAnyOrder(
                        "{\"title\":\"The ship\",\"year\":1997,\"id\":\"01J\",\"embedding\":\"" + vector
                                + "\",\"_id\":\"own\"}",
                        "{\"title\":\"The shark\",\"embedding\":\"" + vector + "\",\"id\":\"01K\"}");
        assertThat(read.refused)
                .singleElement()
                .asString()
                .endsWith("docs:text is of the type string: only hashes and JSON values are documents, so give a"
                        + " --prefix of such keys");
    }

    @Test
    void readsManyKeysOnceAndGoesOnAtACursor() throws Exception {
        CollectedRows all = CollectedRows.of(store("many:"));

        assertThat(all.rows).hasSize(MANY).doesNotHaveDuplicates();
        assertThat(all.positions).isNotEmpty();
        CollectedRows rest = CollectedRows.of(store("many:"), all.positions.get(0));
        assertThat(rest.rows).hasSizeBetween(1, MANY - 1);
    }

    @Test
    void tellsWhatIsWrongWithTheAddress() throws Exception {
        assertThatThrownBy(() -> RedisStore.open(
                        "redis://:wrong@127.0.0.1:" + port, "docs", "embedding", VectorType.FLOAT32, null))
                .hasMessageStartingWith("redis://127.0.0.1:" + port + " cannot be opened: WRONGPASS");
        assertThatThrownBy(() -> CollectedRows.of(
                        RedisStore.open("redis://127.0.0.1:" + port, "docs", "embedding", VectorType.FLOAT32, null)))
                .hasMessageStartingWith("redis://127.0.0.1:" + port + " refuses a command: NOAUTH");
        try (RedisStore store = store("docs")) {
            assertThat(store.isPartOfACluster()).isFalse();
        }
    }

    private static RedisStore store(String prefix) {
        return RedisStore.open("redis://127.0.0.1:" + port + "/0", prefix, "embedding", VectorType.FLOAT32, "secret");
    }

    private static RedisConnection connect() throws IOException {
        RedisConnection redis = new RedisConnection("127.0.0.1", port, false);
        redis.call("AUTH", "secret");
        return redis;
    }

    private static void hash(RedisConnection redis, String key, String... fields) throws IOException {
        byte[][] command = new byte[fields.length + 4][];
        command[0] = "HSET".getBytes(UTF_8);
        command[1] = key.getBytes(UTF_8);
        for (int i = 0; i < fields.length; i++) {
            command[i + 2] = fields[i].getBytes(UTF_8);
        }
        command[fields.length + 2] = "embedding".getBytes(UTF_8);
        command[fields.length + 3] = VECTOR;
        redis.send(command);
        redis.reply();
    }
}
