// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.codec.InvalidJsonException;
import io.streamrank.codec.StrictJson;
import io.streamrank.config.InputFile;
import io.streamrank.config.InputFileException;
import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of JSON values without holding it in memory: one array, or values one after the other. It is as strict as
 * the job. A value that is broken is reported, and the next one is read. A byte order mark between two values is skipped.
 */
public final class JsonFile implements AutoCloseable {
    private final Path path;
    private final InputFile file;

    private JsonFile(Path path, InputFile file) {
        this.path = path;
        this.file = file;
    }

    /** Receives the values in their order. */
    public interface Reader {
        /**
         * Takes one value.
         *
         * @throws IllegalArgumentException with a clause that says why it is of no use
         */
        void value(JsonNode value, int line) throws InterruptedException;
    }

    /** Receives the values in their order, and what is no JSON. */
    interface LineReader extends Reader {
        /**
         * Takes a line that begins with no bracket.
         *
         * @param utf8 what stands there, which may be anything
         * @throws IllegalArgumentException with a clause that says why it is of no use
         */
        void line(byte[] utf8, int line) throws InterruptedException;
    }

    /**
     * Opens a file.
     *
     * @throws InputFileException where there is none, or it is no text
     */
    public static JsonFile open(Path path) {
        return open(path, "a JSON file");
    }

    static JsonFile open(Path path, String wanted) {
        return new JsonFile(path, InputFile.open(path, wanted));
    }

    /** Returns the bytes of the file. */
    public long size() throws IOException {
        return file.size();
    }

    /** Returns the bytes of the file read so far. */
    public long position() {
        return file.position();
    }

    /**
     * Reads everything.
     *
     * @param bad receives what could not be read or was refused by the reader
     * @throws InputException with file, line and reason, where nothing more can be read
     */
    public void read(Reader reader, Consumer<BadRecord> bad) throws IOException, InterruptedException {
        ValueScanner scanner = new ValueScanner(file.text());
        ValuePart part = scanner.next();
        if (part == null) {
            throw new InputException(path + " is empty: write an array of JSON values, or one a line");
        }
        for (; part != null; part = scanner.next()) {
            try {
                offer(reader, part);
            } catch (IllegalArgumentException e) {
                bad.accept(new BadRecord(part.line(), String.valueOf(e.getMessage())));
            }
        }
    }

    /**
     * Reads everything, or nothing more after the first value that is of no use.
     *
     * @throws InputException with file, line and reason, where there is one
     */
    public void read(Reader reader) throws IOException, InterruptedException {
        read(reader, bad -> {
            throw new InputException(path + " line " + bad.line() + " " + bad.problem());
        });
    }

    private void offer(Reader reader, ValuePart part) throws InterruptedException {
        switch (part.kind()) {
            case BROKEN -> throw new IllegalArgumentException(part.latin1());
            case END -> throw new InputException(path + " line " + part.line() + " " + part.latin1());
            case BROKEN_LINE ->
                throw new IllegalArgumentException(
                        problem(part) + ", and what follows on its line cannot be read: write one value a line");
            case BREAK ->
                throw new InputException(path + " line " + part.line() + " " + problem(part)
                        + ", and nothing after it can be read: mend the array, or write one value a line");
            case LINE -> {
                if (reader instanceof LineReader lines) {
                    lines.line(part.bytes(), part.line());
                } else {
                    reader.value(parse(part), part.line());
                }
            }
            case JSON -> reader.value(parse(part), part.line());
        }
    }

    private static JsonNode parse(ValuePart part) {
        try {
            return StrictJson.parse(part.bytes());
        } catch (InvalidJsonException problem) {
            throw new IllegalArgumentException(problem.in(part.line(), part.column()), problem);
        }
    }

    private static @Nullable String problem(ValuePart part) {
        try {
            JsonNode unused = StrictJson.parse(part.bytes());
            return "is not JSON";
        } catch (InvalidJsonException problem) {
            return problem.in(part.line(), part.column());
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
