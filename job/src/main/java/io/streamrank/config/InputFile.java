// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Opens a user's file as text in UTF-8, whatever form the whole has: gzip is unpacked and a byte order mark skipped, both
 * known by the file's first bytes and not by its name. Other forms are refused. Every reader of users' files begins here.
 * Not thread-safe.
 */
public final class InputFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    /** What stands within a file that was joined of several. */
    private static final Pattern MARKS = Pattern.compile("^\uFEFF", Pattern.MULTILINE);

    private final Path path;
    private final Counted raw;
    private final InputStream text;

    private InputFile(Path path, Counted raw, InputStream text) {
        this.path = path;
        this.raw = raw;
        this.text = text;
    }

    /**
     * Opens a file.
     *
     * @param wanted what to give instead, e.g. {@code a JSON file}
     * @throws InputFileException if it is not there or not text
     */
    public static InputFile open(Path path, String wanted) {
        requireReadable(path, wanted);
        try {
            Counted raw = new Counted(path, Files.newInputStream(path));
            try {
                return new InputFile(path, raw, text(path, raw, 0));
            } catch (InputFileException | IOException e) {
                raw.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * Checks that there is a file, without reading it.
     *
     * @throws InputFileException if there is none
     */
    public static void requireReadable(Path path, String wanted) {
        if (!Files.exists(path)) {
            throw new InputFileException(path + " does not exist: give " + wanted);
        }
        if (Files.isDirectory(path)) {
            throw new InputFileException(path + " is a directory: give " + wanted);
        }
        if (!Files.isReadable(path)) {
            throw new InputFileException(path + " cannot be read: allow reading it, or give " + wanted);
        }
    }

    private static InputStream text(Path path, InputStream in, int unpacked) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
        buffered.mark(FileForm.HEAD_BYTES);
        byte[] head = buffered.readNBytes(FileForm.HEAD_BYTES);
        buffered.reset();
        if (FileForm.isGzip(head)) {
            if (unpacked > 0) {
                throw new InputFileException(path + " is packed more than once: unpack it");
            }
            return text(path, new Unpacked(path, buffered), unpacked + 1);
        }
        String problem = FileForm.problem(head);
        if (problem != null) {
            throw new InputFileException(path + " " + problem);
        }
        buffered.skipNBytes(FileForm.markBytes(head));
        return buffered;
    }

    /** Returns the text's bytes. Reading them throws an {@link InputFileException} where the file breaks off. */
    public InputStream text() {
        return text;
    }

    /**
     * Returns the whole text. A byte order mark at the beginning of a line is left out.
     *
     * @throws InputFileException if it is not in UTF-8; names the line
     */
    public String readAll() throws IOException {
        byte[] all = text.readAllBytes();
        try {
            return MARKS.matcher(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(all)))
                    .replaceAll("");
        } catch (CharacterCodingException e) {
            throw new InputFileException(
                    path + " line " + lineOfBadBytes(all) + " is not in UTF-8: save the file as UTF-8", e);
        }
    }

    /** Lossy decoding puts a replacement for what it cannot decode. */
    private static long lineOfBadBytes(byte[] bytes) {
        String lossy = new String(bytes, StandardCharsets.UTF_8);
        return 1
                + lossy.substring(0, Math.max(0, lossy.indexOf('\uFFFD')))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }

    /** Returns the size of the file in bytes, as it is on the disk. */
    public long size() throws IOException {
        return Files.size(path);
    }

    /** Returns how many bytes of the file were read so far. */
    public long position() {
        return raw.count;
    }

    @Override
    public void close() throws IOException {
        text.close();
    }

    private static InputFileException unreadable(Path path, IOException e) {
        return new InputFileException(path + " cannot be read: the system says \"" + e.getMessage() + '"', e);
    }

    /** Counts what is read, and names the file in failures of the disk. */
    private static final class Counted extends FilterInputStream {
        private final Path path;
        private long count;

        Counted(Path path, InputStream in) {
            super(in);
            this.path = path;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int from, int length) {
            try {
                int read = in.read(bytes, from, length);
                count += Math.max(0, read);
                return read;
            } catch (IOException e) {
                throw unreadable(path, e);
            }
        }
    }

    /** Unpacks gzip, and names the file where that is damaged. */
    private static final class Unpacked extends FilterInputStream {
        private final Path path;

        Unpacked(Path path, InputStream packed) {
            super(open(path, packed));
            this.path = path;
        }

        private static InputStream open(Path path, InputStream packed) {
            try {
                return new GZIPInputStream(packed, BUFFER_BYTES);
            } catch (IOException e) {
                throw damaged(path, e);
            }
        }

        private static InputFileException damaged(Path path, IOException e) {
            String what = e instanceof EOFException
                    ? "breaks off: its packed content ends too early"
                    : e instanceof ZipException
                            ? "is damaged: its packed content cannot be unpacked"
                            : "cannot be unpacked";
            return new InputFileException(path + " " + what + ", copy or pack it again", e);
        }

        @Override
        public int read(byte[] bytes, int from, int length) {
            try {
                return in.read(bytes, from, length);
            } catch (IOException e) {
                throw damaged(path, e);
            }
        }
    }
}
