// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.streamrank.event.RawRecord;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random damage to good records: each is read or refused, and nothing else happens. */
class CodecFuzzTest {
    private static final int INPUTS = 10_000;
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

    private final QueryCodec queries = new QueryCodec(Limits.defaults(), QueryDefaults.defaults());
    private final DocumentCodec documents = new DocumentCodec(Limits.defaults());
    private final Random random = new Random(20261123);
    private int refused;

    @Test
    void readsOrRefusesAnyQuery() {
        byte[][] seeds = {Wire.golden("query.json"), Wire.golden("query-inline.json")};
        for (int i = 0; i < INPUTS; i++) {
            attempt(damaged(seeds[i % seeds.length]), record -> {
                var query = queries.decode(record, 0).value();
                if (query.filter() != null) {
                    FilterCodec.parse(query.filter(), Limits.defaults().filterDepth());
                }
                if (query.documents() != null) {
                    query.documents().forEach(DocumentCodec::encode);
                }
            });
        }
        assertThat(refused).isBetween(INPUTS / 4, INPUTS - INPUTS / 20);
    }

    @Test
    void readsOrRefusesAnyDocumentAndReadsAgainWhatItWrites() {
        byte[][] seeds = {Wire.golden("document.json"), Wire.golden("document-minimal.json")};
        for (int i = 0; i < INPUTS; i++) {
            attempt(damaged(seeds[i % seeds.length]), record -> {
                var document = documents.decode(record).value().document();
                var again = documents.decode(Wire.record((byte[]) null, DocumentCodec.encode(document)));
                if (!document.equals(again.value().document())) {
                    fail(document + " came back as " + again.value().document());
                }
            });
        }
        assertThat(refused).isBetween(INPUTS / 4, INPUTS - INPUTS / 20);
    }

    private interface Attempt {
        void on(RawRecord record) throws CodecException;
    }

    private void attempt(byte[] value, Attempt attempt) {
        try {
            attempt.on(Wire.record((byte[]) null, value));
        } catch (CodecException e) {
            refused++;
            String message = e.getMessage();
            if (message.isBlank() || message.length() > 600 || message.chars().anyMatch(Character::isISOControl)) {
                fail("unfit message " + message);
            }
        } catch (RuntimeException | StackOverflowError e) {
            fail("input " + HexFormat.of().formatHex(value), e);
        }
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
