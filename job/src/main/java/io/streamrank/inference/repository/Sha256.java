// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A digest that every JVM has, without the exception for those that have not. */
public final class Sha256 {
    private final MessageDigest digest = digest("SHA-256");

    public static String of(Path file) throws IOException {
        Sha256 sha = new Sha256();
        sha.update(file);
        return sha.hex();
    }

    public static String of(InputStream in) throws IOException {
        Sha256 sha = new Sha256();
        update(sha.digest, in);
        return sha.hex();
    }

    public static String of(String text) {
        Sha256 sha = new Sha256();
        sha.update(text);
        return sha.hex();
    }

    public static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }

    public void update(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }

    public void update(Path file) throws IOException {
        update(digest, file);
    }

    public static void update(MessageDigest digest, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            update(digest, in);
        }
    }

    private static void update(MessageDigest digest, InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            digest.update(buffer, 0, read);
        }
    }

    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
