// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamrank.gateway.query.GatewayFile;
import io.streamrank.gateway.query.GatewayInputException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the keys that clients may send as {@code Authorization: Bearer KEY}. It compares digests of equal length with all
 * keys in constant time, so that the time of an answer tells nothing about them.
 */
public final class ApiKeys {
    private static final String SCHEME = "bearer ";

    private final List<byte[]> digests;

    /** @param keys at least one */
    public ApiKeys(List<String> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one key");
        }
        digests = keys.stream().map(ApiKeys::digest).toList();
    }

    /** Reads a file with one key a line; empty lines and lines that begin with # say nothing. */
    public static ApiKeys read(Path file) {
        List<String> keys = GatewayFile.read(file, "a file of API keys, one a line")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        if (keys.isEmpty()) {
            throw new GatewayInputException(file + " holds no API key: write one key a line");
        }
        return new ApiKeys(keys);
    }

    /** Returns whether the header {@code Authorization} has one of the keys. */
    boolean accept(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] given = digest(authorization.substring(SCHEME.length()).strip());
        boolean found = false;
        for (byte[] digest : digests) {
            found |= MessageDigest.isEqual(digest, given);
        }
        return found;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
