// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Knows by its first bytes what form a file has, so that no other form is taken for text. */
final class FileForm {
    /** Enough to see a tar archive, whose name is at byte 257. */
    static final int HEAD_BYTES = 512;

    private static final int TAR_AT = 257;
    private static final byte[] GZIP = {0x1F, (byte) 0x8B};
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** Level and first block, or the end of an empty file. */
    private static final Pattern BZIP2 = Pattern.compile("BZh[1-9](?:1AY&SY|\u0017rE8P\u0090)");

    /** A tag, a comment or an instruction, maybe after a byte order mark. */
    private static final Pattern MARKUP = Pattern.compile("(?:\u00EF\u00BB\u00BF)?\\s*+<[a-zA-Z!?]");

    private static final String UNPACK = ": unpack it, or pack it with gzip";
    private static final String EXPORT = ": export it as text in UTF-8, such as JSON lines";
    private static final String SAVE = ": save it as UTF-8";

    private static final List<Form> FORMS = List.of(
            new Form("\0\0\u00FE\u00FF", "is in UTF-32" + SAVE),
            new Form("\u00FF\u00FE\0\0", "is in UTF-32" + SAVE),
            new Form("\u00FE\u00FF", "is in UTF-16" + SAVE),
            new Form("\u00FF\u00FE", "is in UTF-16" + SAVE),
            new Form("PK\u0003\u0004", "is a ZIP archive or a spreadsheet" + UNPACK + ", or export it as text"),
            new Form("(\u00B5/\u00FD", "is packed with zstd" + UNPACK),
            new Form("\u00FD7zXZ\0", "is packed with xz" + UNPACK),
            new Form("\u0004\"M\u0018", "is packed with LZ4" + UNPACK),
            new Form("7z\u00BC\u00AF", "is a 7z archive" + UNPACK),
            new Form("PAR1\u0015", "is a Parquet file" + EXPORT),
            new Form("Obj\u0001", "is an Avro file" + EXPORT),
            new Form("ARROW1\0\0", "is an Arrow file" + EXPORT),
            new Form("SQLite format 3\0", "is a SQLite database" + EXPORT),
            new Form("\u00D0\u00CF\u0011\u00E0", "is a file of an office program" + EXPORT),
            new Form("%PDF-", "is a PDF file" + EXPORT),
            new Form(
                    "version https://git-lfs.github.com/",
                    "is only Git LFS's pointer to the file: fetch it with git lfs pull"));

    private FileForm() {}

    static boolean isGzip(byte[] head) {
        return startsWith(head, GZIP);
    }

    /** Returns the length of a byte order mark of UTF-8; 0 if there is none. */
    static int markBytes(byte[] head) {
        return startsWith(head, MARK) ? MARK.length : 0;
    }

    /** Returns a clause that says what the file is and what to do; null if it may be text. */
    static @Nullable String problem(byte[] head) {
        // Latin-1 keeps every byte as it is.
        String text = new String(head, StandardCharsets.ISO_8859_1);
        for (Form form : FORMS) {
            if (text.startsWith(form.beginning)) {
                return form.problem;
            }
        }
        if (BZIP2.matcher(text).lookingAt()) {
            return "is packed with bzip2" + UNPACK;
        }
        if (text.startsWith("ustar", TAR_AT)) {
            return "is a tar archive: unpack it, and give one of its files";
        }
        if (MARKUP.matcher(text).lookingAt()) {
            return "is HTML, XML or SGML" + EXPORT;
        }
        int zero = text.indexOf('\0');
        if (zero < 0) {
            return null;
        }
        return zero < 4 ? "is in UTF-16, or is no text" + SAVE : "holds zero bytes, so it is no text" + EXPORT;
    }

    private static boolean startsWith(byte[] head, byte[] beginning) {
        return head.length >= beginning.length
                && Arrays.equals(head, 0, beginning.length, beginning, 0, beginning.length);
    }

    /**
     * Holds a form that is not text in UTF-8.
     *
     * @param beginning of the file, one character for each byte
     */
    private record Form(String beginning, String problem) {}
}
