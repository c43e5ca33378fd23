// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.Document;
import io.streamrank.event.Field;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a document says, as bytes: its fields and its metadata. Its key and its vector are kept next to it. A text takes one
 * byte a character, and two or three for characters beyond Latin-1. The packed document owns the array, which must not be changed.
 */
public record PackedDocument(byte[] bytes) {
    /** In front of a text in which every byte is a character. */
    private static final int LATIN = 1;

    /** In front of any other text: seven bits a byte, the lowest first, the highest bit says that another byte follows. */
    private static final int WIDE = 2;

    /** Stands for metadata that are not there. */
    private static final int NONE = 0;

    /** Packs all but the key and the vector. */
    public static PackedDocument of(Document document) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        writeNumber(out, document.fields().size());
        for (Field field : document.fields()) {
            writeText(out, field.name());
            writeText(out, field.text());
        }
        if (document.metadata() == null) {
            out.write(NONE);
        } else {
            writeText(out, document.metadata());
        }
        return new PackedDocument(out.toByteArray());
    }

    /**
     * Returns the document, without a vector.
     *
     * @param id null if nobody asks for it
     */
    public Document unpack(String collection, @Nullable String id) {
        Reader in = new Reader(bytes);
        int count = in.number();
        List<Field> fields = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            fields.add(new Field(in.text(), in.text()));
        }
        return new Document(id, collection, fields, in.optionalText(), null);
    }

    private static void writeNumber(ByteArrayOutputStream out, int number) {
        int rest = number;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    private static void writeText(ByteArrayOutputStream out, String text) {
        boolean latin = isLatin(text);
        out.write(latin ? LATIN : WIDE);
        writeNumber(out, text.length());
        if (latin) {
            out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        } else {
            // Not UTF-8, which has no form for half a surrogate pair.
            text.chars().forEach(character -> writeNumber(out, character));
        }
    }

    private static boolean isLatin(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xFF) {
                return false;
            }
        }
        return true;
    }

    /** Reads the parts one after the other. */
    private static final class Reader {
        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        int number() {
            int number = 0;
            for (int shift = 0; ; shift += 7) {
                int next = bytes[at++];
                number |= (next & 0x7F) << shift;
                if (next >= 0) {
                    return number;
                }
            }
        }

        @Nullable
        String optionalText() {
            if (bytes[at] == NONE) {
                return null;
            }
            return text();
        }

        String text() {
            boolean latin = bytes[at++] == LATIN;
            int length = number();
            if (latin) {
                at += length;
                return new String(bytes, at - length, length, StandardCharsets.ISO_8859_1);
            }
            char[] characters = new char[length];
            for (int i = 0; i < length; i++) {
                characters[i] = (char) number();
            }
            return new String(characters);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PackedDocument that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "PackedDocument[bytes=" + bytes.length + "]";
    }
}
