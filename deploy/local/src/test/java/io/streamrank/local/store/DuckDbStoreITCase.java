// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.streamrank.codec.EmbeddingCodec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbStoreITCase {
    @TempDir
    Path directory;

    @BeforeAll
    static void requireDriver() {
        boolean present = DriverManager.drivers()
                .anyMatch(driver -> driver.getClass().getName().equals("org.duckdb.DuckDBDriver"));
        assumeThat(present)
                .as("the driver for DuckDB has 85 MB: mvn verify -Pduckdb tests with it")
                .isTrue();
    }

    @Test
    void readsParquetWithVectorsOfBothKindsOfArray() throws Exception {
        Path parquet = directory.resolve("docs.parquet");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "COPY (SELECT i AS id, 'title ' || i AS title, [0.5, -2]::FLOAT[] AS list, [0.5, -2]::FLOAT[2] AS"
                            + " fixed, {'a': i} AS more FROM range(1, 30001) t(i)) TO '" + parquet
                            + "' (FORMAT parquet)");
        }
        String vector = EmbeddingCodec.base64(new float[] {0.5f, -2});
        for (String column : new String[] {"list", "fixed::FLOAT[2]"}) {
            CollectedRows read = CollectedRows.of(JdbcStore.open(
                    "jdbc:duckdb:",
                    "SELECT id, title, " + column + " AS embedding FROM read_parquet('" + directory
                            + "/*.parquet') ORDER BY id",
                    null,
                    null,
                    null));

            assertThat(read.refused).isEmpty();
            assertThat(read.rows)
                    .hasSize(30_000)
                    .first()
                    .isEqualTo("1 {\"id\":1,\"title\":\"title 1\",\"embedding\":\"" + vector + "\"}");
            assertThat(read.positions).containsExactly("10000", "20000", "30000");
        }
    }

    @Test
    void readsUuidsBytesAndStructures() throws Exception {
        String key = "0190b6a2-7c7e-7cc3-98c8-0123456789ab";
        CollectedRows read = CollectedRows.of(JdbcStore.open(
                "jdbc:duckdb:",
                "SELECT '" + key + "'::UUID AS id,"
                        + " {'a': 1, 'b': [2]} AS more, MAP {'k': 3} AS map, 0.1::FLOAT AS price,"
                        + " '\\x00\\x00\\x00?\\x00\\x00\\x00\\xC0'::BLOB AS embedding",
                null,
                null,
                null));

        assertThat(read.refused).isEmpty();
        assertThat(read.rows)
                .containsExactly("1 {\"id\":\"" + key + "\",\"more\":{\"a\":1,\"b\":[2]},"
                        + "\"map\":{\"k\":3},\"price\":0.1,"
                        + "\"embedding\":\"" + EmbeddingCodec.base64(new float[] {0.5f, -2}) + "\"}");
    }
}
