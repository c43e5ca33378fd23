// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files that the gateway is started with, as text in UTF-8. */
public final class GatewayFile {
    /** Editors of Windows put it in front of a text; it is no part of it. */
    private static final String MARK = "\uFEFF";

    private GatewayFile() {}

    /**
     * Returns the whole text, without a byte order mark.
     *
     * @param wanted what to give instead, e.g. {@code a file of API keys, one a line}
     * @throws GatewayInputException if it is not there or not text
     */
    public static String read(Path file, String wanted) {
        if (!Files.exists(file)) {
            throw new GatewayInputException(file + " does not exist: give " + wanted);
        }
        if (Files.isDirectory(file)) {
            throw new GatewayInputException(file + " is a directory: give " + wanted);
        }
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new GatewayInputException(file + " cannot be read: allow reading it, or give " + wanted, e);
        }
        if (isUtf16(bytes)) {
            throw new GatewayInputException(file + " is in UTF-16, or is no text: save it as UTF-8");
        }
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith(MARK) ? text.substring(MARK.length()) : text;
        } catch (CharacterCodingException e) {
            throw new GatewayInputException(file + " is not in UTF-8: save it as UTF-8", e);
        }
    }

    /** Returns whether the bytes begin with a mark of UTF-16, or hold a zero, as ASCII in UTF-16 does. */
    private static boolean isUtf16(byte[] bytes) {
        int first = bytes.length < 2 ? 0 : ((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF);
        if (first == 0xFEFF || first == 0xFFFE) {
            return true;
        }
        for (byte one : bytes) {
            if (one == 0) {
                return true;
            }
        }
        return false;
    }
}
