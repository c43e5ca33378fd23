// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.streamrank.local.console.InputException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/**
 * Reads a file of JSON values, either one array or one value a line, without holding it in memory; {@code .gz} is
 * unpacked on the way. A bad line is reported and the next one read; an array that breaks off cannot be read further.
 */
public final class JsonFile implements AutoCloseable {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build()
            .readerFor(JsonNode.class);
    private static final ObjectReader WHOLE_LINE = JSON.with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path path;
    private final FileChannel channel;
    private final InputStream in;

    private JsonFile(Path path, FileChannel channel, InputStream in) {
        this.path = path;
        this.channel = channel;
        this.in = in;
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

    /**
     * Opens a file.
     *
     * @throws InputException where there is none
     */
    public static JsonFile open(Path path) throws IOException {
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw new InputException(path + (Files.exists(path) ? " cannot be read as a file" : " does not exist")
                    + ": give a JSON file");
        }
        FileChannel channel = FileChannel.open(path);
        InputStream raw = Channels.newInputStream(channel);
        boolean packed = path.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
        return new JsonFile(path, channel, new BufferedInputStream(packed ? new GZIPInputStream(raw) : raw, 1 << 16));
    }

    /** Returns the bytes of the file. */
    public long size() throws IOException {
        return channel.size();
    }

    /** Returns the bytes of the file read so far. */
    public long position() throws IOException {
        return channel.position();
    }

    /**
     * Reads everything.
     *
     * @param bad receives what could not be read or was refused by the reader
     */
    public void read(Reader reader, Consumer<BadRecord> bad) throws IOException, InterruptedException {
        if (firstByte() == '[') {
            readArray(reader, bad);
        } else {
            readLines(reader, bad);
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

    private void readArray(Reader reader, Consumer<BadRecord> bad) throws IOException, InterruptedException {
        try (JsonParser parser = JSON.createParser(in)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                int line = parser.currentTokenLocation().getLineNr();
                offer(reader, parser.readValueAsTree(), line, bad);
            }
        } catch (JsonProcessingException e) {
            throw new InputException(path + " is not a JSON array from line " + line(e) + " on: " + clause(e), e);
        }
    }

    private void readLines(Reader reader, Consumer<BadRecord> bad) throws IOException, InterruptedException {
        // Latin-1 keeps every byte as it is, so that it is Jackson that judges the encoding, line by line.
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (!line.isBlank()) {
                readLine(reader, line.getBytes(StandardCharsets.ISO_8859_1), number, bad);
            }
        }
    }

    private static void readLine(Reader reader, byte[] line, int number, Consumer<BadRecord> bad)
            throws IOException, InterruptedException {
        JsonNode value;
        try {
            value = WHOLE_LINE.readValue(line);
        } catch (JsonProcessingException | java.io.CharConversionException e) {
            bad.accept(new BadRecord(number, "is not JSON: " + clause(e)));
            return;
        }
        offer(reader, value, number, bad);
    }

    private static void offer(Reader reader, JsonNode value, int line, Consumer<BadRecord> bad)
            throws InterruptedException {
        try {
            reader.value(value, line);
        } catch (IllegalArgumentException e) {
            bad.accept(new BadRecord(line, String.valueOf(e.getMessage())));
        }
    }

    private int firstByte() throws IOException {
        skipByteOrderMark();
        in.mark(1 << 16);
        int first = in.read();
        while (first == ' ' || first == '\t' || first == '\r' || first == '\n') {
            first = in.read();
        }
        if (first < 0) {
            throw new InputException(path + " is empty");
        }
        in.reset();
        return first;
    }

    private void skipByteOrderMark() throws IOException {
        in.mark(3);
        int first = in.read();
        int second = in.read();
        if (first == 0xEF && second == 0xBB && in.read() == 0xBF) {
            return;
        }
        if ((first == 0xFE && second == 0xFF) || (first == 0xFF && second == 0xFE)) {
            throw new InputException(path + " is in UTF-16: save it as UTF-8");
        }
        in.reset();
    }

    private static int line(JsonProcessingException e) {
        return e.getLocation() == null ? 1 : e.getLocation().getLineNr();
    }

    /** Returns Jackson's first sentence, which says what is wrong, without what it says about its own sources. */
    static String clause(IOException e) {
        String message = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        return String.valueOf(message).replaceAll("(?s) \\(?(for (Object|Array|root)|start marker)\\b.*|\\R.*", "");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
