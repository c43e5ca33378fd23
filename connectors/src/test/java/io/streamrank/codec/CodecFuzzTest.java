// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random damage to good records: each is read or refused, and nothing else happens. */
class CodecFuzzTest {
    private static final int INPUTS = Integer.getInteger("streamrank.fuzz-inputs", 10_000);
    private static final String[] SPLINTERS = {
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "null",
        "true",
        "1e999",
        "-0",
        "NaN",
        "9999999999999999999999",
        "\\ud800",
        "\\u0000",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "\uFEFF",
        "1e-99999",
        "0x1",
        "//"
    };

    private final Random random = new Random(20261123);
    private final ReadOrRefuse codecs = new ReadOrRefuse();

    @Test
    void readsOrRefusesAnyQuery() {
        byte[][] seeds = {Wire.golden("query.json"), Wire.golden("query-inline.json")};
        for (int i = 0; i < INPUTS; i++) {
            codecs.query(damaged(seeds[i % seeds.length]));
        }
        assertThat(codecs.refused()).isBetween(INPUTS / 4, INPUTS - INPUTS / 20);
    }

    @Test
    void readsOrRefusesAnyDocumentAndReadsAgainWhatItWrites() {
        byte[][] seeds = {Wire.golden("document.json"), Wire.golden("document-minimal.json")};
        for (int i = 0; i < INPUTS; i++) {
            codecs.document(damaged(seeds[i % seeds.length]));
        }
        assertThat(codecs.refused()).isBetween(INPUTS / 4, INPUTS - INPUTS / 20);
    }

    private byte[] damaged(byte[] seed) {
        byte[] bytes = seed;
        for (int i = random.nextInt(3); i >= 0; i--) {
            bytes = damagedOnce(bytes);
        }
        return bytes;
    }

    private byte[] damagedOnce(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + random.nextInt(12));
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> spliced(bytes, at, end, new byte[0]);
            case 2 -> spliced(bytes, at, at, SPLINTERS[random.nextInt(SPLINTERS.length)].getBytes(UTF_8));
            case 3 -> spliced(bytes, at, end, SPLINTERS[random.nextInt(SPLINTERS.length)].getBytes(UTF_8));
            case 4 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
            default -> spliced(bytes, at, Math.min(bytes.length, at + 1), new byte[] {(byte) random.nextInt(256)});
        };
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] part) {
        byte[] spliced = new byte[bytes.length - (to - from) + part.length];
        System.arraycopy(bytes, 0, spliced, 0, from);
        System.arraycopy(part, 0, spliced, from, part.length);
        System.arraycopy(bytes, to, spliced, from + part.length, bytes.length - to);
        return spliced;
    }
}
