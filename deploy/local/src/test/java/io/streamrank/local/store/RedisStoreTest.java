// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.local.console.FailedException;
import io.streamrank.local.console.InputException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a server that answers all commands before they come, and then closes the connection. */
class RedisStoreTest {
    private static final String NO_MORE = "0";

    private ServerSocket server;
    private String address;

    @BeforeEach
    void listen() throws Exception {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        address = "redis://127.0.0.1:" + server.getLocalPort();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void tellsHowFarItCameWhenTheServerGoesAway() throws Exception {
        CollectedRows rows = new CollectedRows();

        assertThatThrownBy(() -> read(rows, page("7", "docs:a"), "+hash\r\n", array("title", "The ship")))
                .isInstanceOf(FailedException.class)
                .hasMessage(address + " fails after 1 keys: the server closed the connection");
        assertThat(rows.rows).containsExactly("1 {\"title\":\"The ship\",\"id\":\"a\"}");
        assertThat(rows.positions).containsExactly("7");
    }

    @Test
    void tellsWhatTheServerRefuses() {
        assertThatThrownBy(() -> read(new CollectedRows(), "-NOAUTH Authentication required.\r\n"))
                .isInstanceOf(InputException.class)
                .hasMessage(address + " refuses a command: NOAUTH Authentication required.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LOADING Redis is loading the dataset in memory", "ERR max number of clients reached"})
    void aServerThatIsNotReadyIsNoWrongInput(String error) {
        assertThatThrownBy(() -> read(new CollectedRows(), "-" + error + "\r\n"))
                .isInstanceOf(FailedException.class)
                .hasMessage(address + " refuses a command: " + error);
    }

    @Test
    void doesNotRepeatThePasswordThatAServerRepeats() throws Exception {
        String unknown = "-ERR unknown command 'AUTH', with args beginning with: 'hush'\r\n";
        CompletableFuture<RedisStore> opened = CompletableFuture.supplyAsync(() ->
                RedisStore.open(address.replace("redis://", "redis://:hush@"), "docs", "v", VectorType.FLOAT32, null));
        try (Socket connection = server.accept()) {
            connection.getOutputStream().write(unknown.getBytes(UTF_8));
            assertThatThrownBy(opened::join)
                    .cause()
                    .isInstanceOf(InputException.class)
                    .hasMessage(
                            address + " cannot be opened: ERR unknown command 'AUTH', with args beginning with: '***'");
        }
    }

    @Test
    void tellsThatTheServerGoesAwayBeforeTheFirstKey() throws Exception {
        try (RedisStore store = store();
                Socket connection = server.accept()) {
            connection.shutdownOutput();

            assertThatThrownBy(store::isPartOfACluster)
                    .isInstanceOf(FailedException.class)
                    .hasMessage(address + " fails after 0 keys: the server closed the connection");
        }
    }

    /** Decoded leniently, both would have the same name, and one would be taken for the other. */
    @Test
    void keysThatAreNoTextAreRefusedOneByOne() throws Exception {
        CollectedRows rows = new CollectedRows();
        read(
                rows,
                page(NO_MORE, "docs:\u00fe", "docs:\u00ff"),
                "+hash\r\n+hash\r\n",
                array("title", "one"),
                array("title", "two"));

        assertThat(rows.rows).isEmpty();
        assertThat(rows.refused)
                .containsExactly(
                        "1 docs:\ufffd has bytes in its key that are no text: rename it",
                        "2 docs:\ufffd has bytes in its key that are no text: rename it");
    }

    @Test
    void leavesOutWhatWasDeletedMeanwhileButNotAnEmptyObject() throws Exception {
        CollectedRows rows = new CollectedRows();
        read(
                rows,
                page(NO_MORE, "docs:a", "docs:b", "docs:c"),
                "+none\r\n+hash\r\n+ReJSON-RL\r\n",
                "*0\r\n",
                bulk("{}"));

        assertThat(rows.rows).containsExactly("3 {\"id\":\"c\"}");
    }

    @Test
    void saysThatAHostIsUnknown() {
        assertThat(StoreAddress.unknownHost(new UnknownHostException("nohost")))
                .isEqualTo("the host nohost is unknown, check its name");
        assertThat(StoreAddress.unknownHost(new SQLException(
                        "The connection attempt failed.",
                        new UnknownHostException("nohost: Name or service not known"))))
                .isEqualTo("the host nohost is unknown, check its name");
        assertThat(StoreAddress.unknownHost(new SQLException("no such table"))).isNull();
    }

    private RedisStore store() {
        return RedisStore.open(address, "docs", "embedding", VectorType.FLOAT32, null);
    }

    /** Reads everything from a server with these answers. */
    private void read(CollectedRows rows, String... replies) throws Exception {
        try (RedisStore store = store();
                Socket connection = server.accept()) {
            connection.getOutputStream().write(String.join("", replies).getBytes(ISO_8859_1));
            connection.shutdownOutput();
            store.read(DocumentStore.START, rows);
        }
    }

    private static String page(String cursor, String... keys) {
        return "*2\r\n" + bulk(cursor) + array(keys);
    }

    private static String array(String... items) {
        StringBuilder array = new StringBuilder("*" + items.length + "\r\n");
        for (String item : items) {
            array.append(bulk(item));
        }
        return array.toString();
    }

    private static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }
}
