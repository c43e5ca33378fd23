// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.event.Header;
import io.streamrank.event.RawRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Records and golden files for tests. */
final class Wire {
    private Wire() {}

    static RawRecord record(String key, String value) {
        return record(key == null ? null : key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
    }

    static RawRecord record(byte[] key, byte[] value) {
        return new RawRecord("topic", 2, 41, 1_000, key, value, List.of(new Header("h", new byte[] {1})));
    }

    static byte[] golden(String name) {
        try (InputStream file = Wire.class.getResourceAsStream("/golden/wire/" + name)) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without white space, the order of members kept. */
    static String compact(byte[] json) {
        try {
            return new ObjectMapper().readTree(json).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
