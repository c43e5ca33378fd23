// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.codec.EmbeddingCodec;
import io.streamrank.local.console.FailedException;
import io.streamrank.local.console.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With SQLite, which needs no server. */
class JdbcStoreTest {
    private static final String VECTOR = EmbeddingCodec.base64(new float[] {0.5f, -2});

    @TempDir
    Path directory;

    private String url;

    @BeforeEach
    void fill() throws Exception {
        url = "jdbc:sqlite:" + directory.resolve("docs.sqlite");
        byte[] vector = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0.5f)
                .putFloat(-2)
                .array();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE docs (id INTEGER, title TEXT, price REAL, v BLOB, w TEXT)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO docs VALUES (?, ?, ?, ?, ?)")) {
                for (int i = 1; i <= 3; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "title " + i);
                    insert.setObject(3, i == 2 ? null : i + 0.5);
                    insert.setBytes(4, i == 3 ? new byte[] {1, 2, 3} : vector);
                    insert.setString(5, i == 3 ? "[0.5, null]" : "[0.5, -2]");
                    insert.execute();
                }
            }
        }
    }

    @Test
    void aColumnIsAMemberAndBytesUnderTheNameEmbeddingAreAVector() throws Exception {
        CollectedRows read = CollectedRows.of(store("SELECT id, title, price, v AS embedding FROM docs ORDER BY id"));

        assertThat(read.rows)
                .containsExactly(
                        "1 {\"id\":1,\"title\":\"title 1\",\"price\":1.5,\"embedding\":\"" + VECTOR + "\"}",
                        "2 {\"id\":2,\"title\":\"title 2\",\"price\":null,\"embedding\":\"" + VECTOR + "\"}");
        assertThat(read.refused)
                .containsExactly(
                        "3 has a vector of 3 bytes, but each number takes 4: select bytes of little-endian float32");
    }

    @Test
    void aTextUnderTheNameEmbeddingIsAVectorAsPgvectorWritesIt() throws Exception {
        CollectedRows read = CollectedRows.of(store("SELECT id, w AS embedding FROM docs ORDER BY id"));

        assertThat(read.rows).hasSize(2).first().isEqualTo("1 {\"id\":1,\"embedding\":\"" + VECTOR + "\"}");
        assertThat(read.refused)
                .containsExactly("3 has a vector whose number 2 is null: give it numbers only, or leave it out");
    }

    @Test
    void bytesUnderAnotherNameAreRefused() throws Exception {
        assertThat(CollectedRows.of(store("SELECT id, v FROM docs WHERE id = 1")).refused)
                .containsExactly(
                        "1 has bytes in the column v: leave the column out, or name it embedding if it is the vector");
    }

    @Test
    void valuesOfNoUseAreRefusedWithWhatToDo() throws Exception {
        assertThat(CollectedRows.of(store("SELECT id, '[0.5 -2]' AS embedding FROM docs WHERE id = 1")).refused)
                .containsExactly("1 has a column embedding that is not JSON: a comma is missing");
        assertThat(CollectedRows.of(store("SELECT id, 'AAAAPw==' AS embedding FROM docs WHERE id = 1")).refused)
                .containsExactly("1 has a column embedding that is no vector: select an array of numbers, a vector of"
                        + " pgvector, or bytes of little-endian float32");
        assertThat(CollectedRows.of(store("SELECT id, 9e999 AS x FROM docs WHERE id = 1")).refused)
                .containsExactly("1 has Infinity in the column x, which JSON has no number for: select null for it");
    }

    @Test
    void aTextUnderTheNameMetadataIsParsedIfItIsAnObject() throws Exception {
        CollectedRows read = CollectedRows.of(
                store("SELECT id, '{\"year\":1997}' AS metadata FROM docs WHERE id = 1 UNION ALL SELECT 2, '{year}'"
                        + " UNION ALL SELECT 3, '[1]'"));

        assertThat(read.rows)
                .containsExactly(
                        "1 {\"id\":1,\"metadata\":{\"year\":1997}}",
                        "2 {\"id\":2,\"metadata\":\"{year}\"}",
                        "3 {\"id\":3,\"metadata\":\"[1]\"}");
    }

    @Test
    void twoColumnsOfOneNameAreRefused() throws Exception {
        JdbcStore joined = store("SELECT i.*, a.* FROM docs i JOIN docs a ON a.id = i.id");

        assertThatThrownBy(() -> CollectedRows.of(joined))
                .isInstanceOf(InputException.class)
                .hasMessage("two columns of --query are called id: rename one with AS");
        assertThat(CollectedRows.of(store("SELECT id, title AS ID FROM docs WHERE id = 1")).rows)
                .containsExactly("1 {\"id\":1,\"ID\":\"title 1\"}");
        assertThat(CollectedRows.of(store("SELECT id, title FROM docs WHERE id = 7")).rows)
                .isEmpty();
    }

    @Test
    void goesOnAtAPosition() throws Exception {
        String all =
                "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 20001) SELECT id FROM n";

        assertThat(CollectedRows.of(store(all)).positions).containsExactly("10000", "20000");
        assertThat(CollectedRows.of(store(all), "20000").rows).containsExactly("20001 {\"id\":20001}");
    }

    @Test
    void tellsWhatIsWrongWithTheQueryOrTheAddress() {
        assertThatThrownBy(() -> CollectedRows.of(store("SELECT missing FROM docs")))
                .hasMessageStartingWith("jdbc:sqlite:" + directory + "/docs.sqlite fails after 0 rows of --query: ")
                .hasMessageContaining("no such column: missing");
        assertThatThrownBy(() -> JdbcStore.open(
                        "jdbc:oracle:thin:@db;password=secret?password=secret", "SELECT 1", null, null, null))
                .hasMessage("there is no JDBC driver for jdbc:oracle:thin:@db: give the jar of one with --driver-jar");
        assertThatThrownBy(() -> JdbcStore.open(url, "SELECT 1", Path.of("none.jar"), null, null))
                .hasMessage("--driver-jar none.jar cannot be read: give the jar of a JDBC driver");
    }

    @Test
    void tellsAServerThatIsAwayFromAnAddressThatIsWrong() {
        assertThatThrownBy(() -> JdbcStore.open("jdbc:postgresql://127.0.0.1:1/db", "SELECT 1", null, "me", null))
                .isInstanceOf(FailedException.class)
                .hasMessageStartingWith("jdbc:postgresql://127.0.0.1:1/db cannot be opened: ")
                .hasMessageContaining("refused");
        assertThatThrownBy(() -> JdbcStore.open("jdbc:postgresql://none.invalid/db", "SELECT 1", null, "me", null))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "jdbc:postgresql://none.invalid/db cannot be opened: the host none.invalid is unknown, check its name");
        assertThatThrownBy(() -> CollectedRows.of(store("SELECT missing FROM docs")))
                .isInstanceOf(InputException.class);
    }

    @Test
    void whatADriverSaysLosesThePassword() {
        assertThatThrownBy(() ->
                        JdbcStore.open("jdbc:postgresql://127.0.0.1:1/db?sslmode=hush", "SELECT 1", null, "me", "hush"))
                .hasMessage("jdbc:postgresql://127.0.0.1:1/db cannot be opened: Invalid sslmode value: ***")
                .rootCause()
                .hasMessage("Invalid sslmode value: ***");
    }

    @Test
    void aPasswordThatIsMissingIsNoOutage() {
        SQLException refused = new SQLException("SCRAM-based authentication, but no password was provided", "08004");
        assertThat(JdbcStore.isOutage(refused)).isFalse();
        assertThat(JdbcStore.isOutage(new SQLException("the connection was refused", "08001")))
                .isTrue();
        assertThat(JdbcStore.isOutage(new SQLException("no state"))).isFalse();
    }

    @Test
    void aFileOfAPositionBelongsToOneLoad() throws Exception {
        Path file = directory.resolve("resume");
        ResumeFile resume = new ResumeFile(file, "this");
        assertThat(resume.position()).isEqualTo(DocumentStore.START);
        resume.write("10000");
        resume.write("20000");

        assertThat(resume.position()).isEqualTo("20000");
        assertThatThrownBy(() -> new ResumeFile(file, "another").position())
                .hasMessage(
                        "--resume " + file + " is of a load with another address, query, prefix or topic: name another"
                                + " file, or delete it to begin at the first row");
        resume.done();
        assertThat(file).doesNotExist();
        Files.writeString(file, "no JSON");
        assertThatThrownBy(resume::position)
                .hasMessage("--resume " + file + " is no file of an earlier load: name another one");
    }

    private JdbcStore store(String query) {
        return JdbcStore.open(url, query, null, null, null);
    }
}
