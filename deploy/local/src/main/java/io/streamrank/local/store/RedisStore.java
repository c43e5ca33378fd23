// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.local.console.InputException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the hashes and JSON values under a prefix, as RedisVL writes them. The id is the key without the prefix. {@code SCAN} gives
 * a key that is there all the time at least once; one that comes or goes meanwhile perhaps. A position is its cursor.
 */
public final class RedisStore implements DocumentStore {
    private static final String COUNT = "1000";
    private static final String FIRST_CURSOR = "0";
    private static final int DEFAULT_PORT = 6379;
    private static final byte[] TYPE = "TYPE".getBytes(UTF_8);
    private static final String HASH = "hash";
    private static final String JSON = "rejson-rl";
    /** What reads a key, by the types that are documents. */
    private static final Map<String, byte[]> READS =
            Map.of(HASH, "HGETALL".getBytes(UTF_8), JSON, "JSON.GET".getBytes(UTF_8));

    private static final Set<String> NOT_READY = Set.of("LOADING", "MASTERDOWN", "CLUSTERDOWN", "BUSY", "TRYAGAIN");

    private final StoreAddress address;
    private final String prefix;
    private final RedisValues values;
    private final RedisConnection connection;

    private RedisStore(StoreAddress address, String prefix, RedisValues values, RedisConnection connection) {
        this.address = address;
        this.prefix = prefix;
        this.values = values;
        this.connection = connection;
    }

    /**
     * Connects.
     *
     * @param text {@code redis://[user[:password]@]host[:port][/database]}, or {@code rediss:} for TLS
     * @param prefix of the keys; a colon is put behind it unless it ends in a separator
     * @param password null where the address says it, or none is needed
     */
    public static RedisStore open(
            String text, String prefix, String vectorField, VectorType vectorType, @Nullable String password) {
        if (prefix.isBlank()) {
            throw new InputException("--prefix must not be empty: a Redis holds other things than documents, too");
        }
        URI uri = uri(text);
        Login login = Login.of(uri, password);
        StoreAddress address = new StoreAddress(text, login.secret());
        try {
            RedisConnection connection = new RedisConnection(
                    uri.getHost(),
                    uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                    uri.getScheme().equals("rediss"));
            try {
                logIn(connection, login, uri);
            } catch (IOException e) {
                connection.close();
                throw e;
            }
            return new RedisStore(address, withSeparator(prefix), new RedisValues(vectorField, vectorType), connection);
        } catch (IOException e) {
            throw address.failure(" cannot be opened: ", e, isOutage(e));
        }
    }

    private static URI uri(String address) {
        try {
            URI uri = URI.create(address);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException notOne) {
            // Told below, without what it says, as there may be a password in it.
        }
        throw new InputException(
                StoreAddress.withoutSecrets(address) + " is no address of a Redis: write redis://host:6379/0");
    }

    /** Says who logs in: without a secret, nobody. */
    private record Login(String user, @Nullable String secret) {
        /** @param password where the address has none */
        static Login of(URI uri, @Nullable String password) {
            String info = uri.getUserInfo() == null ? "" : uri.getUserInfo();
            int colon = info.indexOf(':');
            return colon < 0
                    ? new Login(info, password)
                    : new Login(info.substring(0, colon), info.substring(colon + 1));
        }
    }

    private static void logIn(RedisConnection connection, Login login, URI uri) throws IOException {
        String user = login.user();
        String secret = login.secret();
        if (secret != null) {
            Object unused = user.isEmpty() ? connection.call("AUTH", secret) : connection.call("AUTH", user, secret);
        }
        String database = uri.getPath() == null ? "" : uri.getPath().replace("/", "");
        if (!database.isEmpty()) {
            Object unused = connection.call("SELECT", database);
        }
    }

    private static String withSeparator(String prefix) {
        return Character.isLetterOrDigit(prefix.charAt(prefix.length() - 1)) ? prefix + ':' : prefix;
    }

    /** Returns whether the server holds only a part of what its cluster holds. */
    public boolean isPartOfACluster() {
        try {
            Object info = connection.call("INFO", "cluster");
            return info instanceof byte[] text && new String(text, UTF_8).contains("cluster_enabled:1");
        } catch (IOException e) {
            throw failure(0, e);
        }
    }

    /** @param keys how many were read before */
    private RuntimeException failure(int keys, IOException e) {
        boolean refused = e instanceof RedisConnection.RedisException;
        return address.failure(refused ? " refuses a command: " : " fails after " + keys + " keys: ", e, isOutage(e));
    }

    /** Returns whether the server cannot be reached, has no room, or is not ready, as it says with the first word of an error. */
    private static boolean isOutage(IOException e) {
        if (e instanceof RedisConnection.RedisException refused) {
            String said = String.valueOf(refused.getMessage());
            return NOT_READY.contains(said.split(" ", 2)[0]) || said.contains("max number of clients reached");
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException
                    || cause instanceof SocketTimeoutException
                    || cause instanceof EOFException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String name() {
        return address.name();
    }

    @Override
    public String rowName() {
        return "key";
    }

    @Override
    public String identity() {
        return address.name() + '\n' + prefix;
    }

    @Override
    public void read(String position, Rows rows) throws IOException, InterruptedException {
        String cursor = position.equals(START) ? FIRST_CURSOR : position;
        Set<String> seen = new HashSet<>();
        do {
            cursor = page(cursor, seen, rows);
            if (!cursor.equals(FIRST_CURSOR)) {
                rows.reached(cursor);
            }
        } while (!cursor.equals(FIRST_CURSOR));
    }

    /** Reads one page of keys and returns the cursor of the next. */
    private String page(String cursor, Set<String> seen, Rows rows) throws InterruptedException {
        int before = seen.size();
        try {
            List<?> page = list(connection.call("SCAN", cursor, "MATCH", pattern(prefix), "COUNT", COUNT));
            List<byte[]> keys = new ArrayList<>();
            for (Object key : list(page.get(1))) {
                // SCAN repeats keys while the server's table grows or shrinks.
                if (key instanceof byte[] bytes && seen.add(new String(bytes, ISO_8859_1))) {
                    keys.add(bytes);
                }
            }
            offer(keys, before, rows);
            return text(page.get(0));
        } catch (IOException e) {
            throw failure(before, e);
        }
    }

    private void offer(List<byte[]> keys, int before, Rows rows) throws IOException, InterruptedException {
        for (byte[] key : keys) {
            connection.send(TYPE, key);
        }
        List<String> types = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            types.add(text(connection.reply()).toLowerCase(Locale.ROOT));
        }
        for (int i = 0; i < keys.size(); i++) {
            byte[] read = READS.get(types.get(i));
            if (read != null) {
                connection.send(read, keys.get(i));
            }
        }
        for (int i = 0; i < keys.size(); i++) {
            offer(keys.get(i), types.get(i), before + i + 1, rows);
        }
    }

    private void offer(byte[] key, String type, int number, Rows rows) throws IOException, InterruptedException {
        Object reply = READS.containsKey(type) ? connection.reply() : null;
        if (type.equals("none") || (reply == null && type.equals(JSON))) {
            return; // deleted since it was found
        }
        try {
            String id = RedisValues.utf8(key, "its key", "rename it").substring(prefix.length());
            ObjectNode content =
                    switch (type) {
                        case HASH -> values.ofHash(list(reply));
                        case JSON -> values.ofJson(text(reply));
                        default ->
                            throw new IllegalArgumentException("is of the type " + type
                                    + ": only hashes and JSON values are documents, so give a --prefix of such keys");
                    };
            if (!content.isEmpty() || type.equals(JSON)) { // a hash without fields was deleted, too
                rows.row(number, RedisValues.named(content, id));
            }
        } catch (IllegalArgumentException problem) {
            rows.refused(number, new String(key, UTF_8) + ' ' + problem.getMessage());
        }
    }

    /** Returns a pattern that only keys with this prefix match, whatever characters it has. */
    static String pattern(String prefix) {
        return prefix.replaceAll("[\\\\*?\\[\\]^-]", "\\\\$0") + '*';
    }

    private static List<?> list(@Nullable Object reply) {
        return (List<?>) Objects.requireNonNull(reply, "the server left a reply out");
    }

    private static String text(@Nullable Object reply) {
        return new String((byte[]) Objects.requireNonNull(reply, "the server left a reply out"), UTF_8);
    }

    @Override
    public void close() {
        connection.close();
    }
}
