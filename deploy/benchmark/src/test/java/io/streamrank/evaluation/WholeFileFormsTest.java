// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.config.SettingsFile;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.console.InputException;
import io.streamrank.local.data.DocumentConverter;
import io.streamrank.local.data.GeneratedIds;
import io.streamrank.local.data.JsonFile;
import io.streamrank.local.data.QueryFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reader of users' files takes every form of a whole file in the same way. */
class WholeFileFormsTest {
    private static final String SAVE_AS_UTF_8 = ": save it as UTF-8";

    private static final Map<String, Reader> READERS = Map.of(
            "documents",
                    new Reader(
                            "{\"id\":\"ä\",\"t\":\"x\"}\n{\"id\":\"b\",\"t\":\"y\"}\n", WholeFileFormsTest::documents),
            "queries", new Reader("wer sänk?\n{\"query\":\"b\"}\n", WholeFileFormsTest::queries),
            "qrels",
                    new Reader(
                            "q1\tä\t1\nq2\tb\t0\n",
                            path -> BeirFiles.readQrels(path).toString()),
            "settings",
                    new Reader("a: ä\nb.c: 2\n", path -> SettingsFile.read(path).toString()),
            "client properties",
                    new Reader(
                            "a=ä\nb=2\n",
                            path -> KafkaConnection.of("k:1", path).properties().toString()));

    /** A form and a part of what is said about it; null where it is read as any other. */
    private static final Map<String, Form> FORMS = Map.ofEntries(
            Map.entry("plain.txt", new Form(null, WholeFileFormsTest::utf8)),
            Map.entry("named-only.gz", new Form(null, WholeFileFormsTest::utf8)),
            Map.entry("mark", new Form(null, text -> utf8("\uFEFF" + text))),
            Map.entry(
                    "marks-where-files-were-joined",
                    new Form(null, text -> utf8("\uFEFF" + text.replace("\n", "\n\uFEFF")))),
            Map.entry(
                    "marks-after-carriage-returns",
                    new Form(null, text -> utf8("\uFEFF" + text.replace("\n", "\r\uFEFF")))),
            Map.entry("packed.gz", new Form(null, text -> gzip(utf8(text)))),
            Map.entry("packed-and-not-named", new Form(null, text -> gzip(utf8(text)))),
            Map.entry("packed-mark", new Form(null, text -> gzip(utf8("\uFEFF" + text)))),
            Map.entry(
                    "packed-in-two-parts",
                    new Form(null, text -> joined(gzip(utf8(text.substring(0, 5))), gzip(utf8(text.substring(5)))))),
            Map.entry("carriage-returns-and-line-feeds", new Form(null, text -> utf8(text.replace("\n", "\r\n")))),
            Map.entry("carriage-returns", new Form(null, text -> utf8(text.replace("\n", "\r")))),
            Map.entry("no-last-line-end", new Form(null, text -> utf8(text.strip()))),
            Map.entry("blank-lines", new Form(null, text -> utf8("\n\n" + text.replace("\n", "\n\n")))),
            Map.entry(
                    "utf-16",
                    new Form(" is in UTF-16" + SAVE_AS_UTF_8, text -> text.getBytes(StandardCharsets.UTF_16))),
            Map.entry(
                    "utf-16-little",
                    new Form(
                            " is in UTF-16" + SAVE_AS_UTF_8,
                            text -> ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16LE))),
            Map.entry(
                    "utf-16-no-mark",
                    new Form(
                            " is in UTF-16, or is no text" + SAVE_AS_UTF_8,
                            text -> text.getBytes(StandardCharsets.UTF_16BE))),
            Map.entry(
                    "utf-16-little-no-mark",
                    new Form(
                            " is in UTF-16, or is no text" + SAVE_AS_UTF_8,
                            text -> text.getBytes(StandardCharsets.UTF_16LE))),
            Map.entry(
                    "utf-32",
                    new Form(
                            " is in UTF-32" + SAVE_AS_UTF_8,
                            text -> ("\uFEFF" + text).getBytes(Charset.forName("UTF-32")))),
            Map.entry(
                    "packed-utf-16",
                    new Form(" is in UTF-16" + SAVE_AS_UTF_8, text -> gzip(text.getBytes(StandardCharsets.UTF_16)))),
            Map.entry("latin-1", new Form(" line 1", text -> text.getBytes(StandardCharsets.ISO_8859_1))),
            Map.entry("zip", new Form(" is a ZIP archive or a spreadsheet", WholeFileFormsTest::zip)),
            Map.entry("zstd", new Form(" is packed with zstd", text -> bytes(0x28, 0xB5, 0x2F, 0xFD, 4))),
            Map.entry("xz", new Form(" is packed with xz", text -> bytes(0xFD, '7', 'z', 'X', 'Z', 0, 4))),
            Map.entry("bzip2", new Form(" is packed with bzip2", text -> utf8("BZh91AY&SY"))),
            Map.entry("bzip2-fast", new Form(" is packed with bzip2", text -> utf8("BZh11AY&SY"))),
            Map.entry("tar", new Form(" is a tar archive", text -> utf8("x".repeat(257) + "ustar"))),
            Map.entry("parquet", new Form(" is a Parquet file", text -> utf8("PAR1\u0015\u0004"))),
            Map.entry("html", new Form(" is HTML, XML or SGML", text -> utf8("\n<!DOCTYPE html><html>Not found"))),
            Map.entry("xml", new Form(" is HTML, XML or SGML", text -> utf8("<topics>\n<topic number=\"1\">"))),
            Map.entry("xml-mark", new Form(" is HTML, XML or SGML", text -> utf8("\uFEFF\n <?xml version=\"1.0\"?>"))),
            Map.entry("sgml", new Form(" is HTML, XML or SGML", text -> utf8("<top>\n<num> Number: 301\n<title> x"))),
            Map.entry("comment", new Form(" is HTML, XML or SGML", text -> utf8("<!-- queries -->\n<q>x</q>"))),
            Map.entry(
                    "lfs",
                    new Form(
                            " is only Git LFS's pointer",
                            text -> utf8("version https://git-lfs.github.com/spec/v1\n"))),
            Map.entry("packed-twice", new Form(" is packed more than once: unpack it", text -> gzip(gzip(utf8(text))))),
            Map.entry(
                    "packed-and-cut",
                    new Form(
                            " breaks off: its packed content ends too early",
                            text -> Arrays.copyOf(gzip(utf8(text)), 20))),
            Map.entry(
                    "packed-and-damaged",
                    new Form(" is damaged: its packed content cannot be unpacked", WholeFileFormsTest::damaged)));

    @TempDir
    private Path directory;

    static Stream<Arguments> everyReaderWithEveryForm() {
        return READERS.keySet().stream()
                .flatMap(reader -> FORMS.keySet().stream().map(form -> Arguments.of(reader, form)));
    }

    @ParameterizedTest
    @MethodSource("everyReaderWithEveryForm")
    void readsItOrSaysWhatToDo(String readerName, String formName) throws Exception {
        Reader reader = Objects.requireNonNull(READERS.get(readerName));
        Form form = Objects.requireNonNull(FORMS.get(formName));
        Path file = Files.write(directory.resolve(formName), form.bytes.of(reader.content));

        if (form.problem == null) {
            Path plain = Files.writeString(directory.resolve("plain"), reader.content);
            assertThat(reader.reading.of(file)).contains("ä").isEqualTo(reader.reading.of(plain));
        } else {
            assertThatThrownBy(() -> reader.reading.of(file))
                    .hasMessageContaining(file + form.problem)
                    .message()
                    .doesNotContain("com.fasterxml", "java.", "Exception", "ZLIB", "GZIP", "MALFORMED");
        }
    }

    @ParameterizedTest
    @MethodSource("readers")
    void saysThatThereIsNoFile(String name) {
        Reader reader = Objects.requireNonNull(READERS.get(name));
        Path missing = directory.resolve("missing");

        assertThatThrownBy(() -> reader.reading.of(missing)).hasMessageContaining(missing + " does not exist: give ");
        assertThatThrownBy(() -> reader.reading.of(directory))
                .hasMessageContaining(directory + " is a directory: give ");
    }

    static Stream<String> readers() {
        return READERS.keySet().stream();
    }

    private static String documents(Path path) throws Exception {
        List<String> all = new ArrayList<>();
        GeneratedIds made = new GeneratedIds(path);
        try (JsonFile file = JsonFile.open(path)) {
            file.read((value, line) -> all.add(
                    new DocumentConverter(null, null).document(value, made).toString()));
        }
        return all.toString();
    }

    private static String queries(Path path) throws Exception {
        List<String> all = new ArrayList<>();
        QueryFile.read(path, problem -> {
                    throw new InputException(path + " " + problem);
                })
                .forEach(query -> all.add(query.content().toString()));
        return all.toString();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }

    private static byte[] zip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(packed)) {
            out.putNextEntry(new ZipEntry("a"));
            out.write(utf8(text));
        }
        return packed.toByteArray();
    }

    private static byte[] damaged(String text) throws IOException {
        byte[] packed = gzip(utf8(text));
        packed[packed.length - 6] ^= 0x55; // in the checksum
        return packed;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private interface Bytes {
        byte[] of(String text) throws IOException;
    }

    private interface Reading {
        String of(Path path) throws Exception;
    }

    private record Reader(String content, Reading reading) {}

    private record Form(@Nullable String problem, Bytes bytes) {}
}
