// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Talks to a Redis server in its protocol, version 2, which every server and clone of it speaks. It sends any number of commands
 * before it reads their replies, so that a page of keys costs one round trip. Not thread-safe.
 */
final class RedisConnection implements AutoCloseable {
    private static final int CONNECT_MS = 10_000;
    private static final int REPLY_MS = 60_000;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RedisConnection(String host, int port, boolean tls) throws IOException {
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(host, port), CONNECT_MS);
            plain.setSoTimeout(REPLY_MS);
            plain.setTcpNoDelay(true);
            this.socket = tls
                    ? ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(plain, host, port, true)
                    : plain;
            this.in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
            this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /** Reports a reply that is an error. */
    static final class RedisException extends IOException {
        private static final long serialVersionUID = 1L;

        RedisException(String message) {
            super(message);
        }
    }

    /** Sends a command, whose reply is to be read later. */
    void send(byte[]... words) throws IOException {
        line('*', words.length);
        for (byte[] word : words) {
            line('$', word.length);
            out.write(word);
            out.write('\r');
            out.write('\n');
        }
    }

    private void line(char kind, int number) throws IOException {
        out.write((kind + Integer.toString(number) + "\r\n").getBytes(UTF_8));
    }

    /** Sends a command and reads its reply. */
    @Nullable
    Object call(String... words) throws IOException {
        byte[][] bytes = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            bytes[i] = words[i].getBytes(UTF_8);
        }
        send(bytes);
        return reply();
    }

    /**
     * Reads the next reply.
     *
     * @return bytes, a {@link Long}, a list of these, or null for none
     * @throws RedisException where the reply is an error
     */
    @Nullable
    Object reply() throws IOException {
        out.flush();
        String head = line();
        String rest = head.substring(1);
        return switch (head.charAt(0)) {
            case '+' -> rest.getBytes(UTF_8);
            case '-' -> throw new RedisException(rest);
            case ':' -> Long.valueOf(rest);
            case '$' -> bulk(Integer.parseInt(rest));
            case '*' -> list(Integer.parseInt(rest));
            default -> throw new IOException("the server does not speak the protocol of Redis");
        };
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server closed the connection");
            }
            line.append((char) next);
        }
        if (in.read() != '\n' || line.isEmpty()) {
            throw new IOException("the server does not speak the protocol of Redis");
        }
        return line.toString();
    }

    private byte @Nullable [] bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || in.read() != '\r' || in.read() != '\n') {
            throw new EOFException("the server closed the connection");
        }
        return bytes;
    }

    private @Nullable List<@Nullable Object> list(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        List<@Nullable Object> items = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            items.add(reply());
        }
        return items;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException nothingWasWritten) {
            // Everything has been read, or the reason why not has been told.
        }
    }
}
