// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Header;
import io.streamrank.testing.Fuzz;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Random damage to good records: each is read or refused, and nothing else happens. */
class CodecFuzzTest {
    private final Fuzz fuzz = new Fuzz();
    private final ReadOrRefuse codecs = new ReadOrRefuse();

    @Test
    void readsOrRefusesAnyQueryAndAnswersWithWhatItRead() {
        byte[][] seeds = {Wire.golden("query.json"), Wire.golden("query-inline.json")};
        Fuzz.each(i -> codecs.query(fuzz.damaged(seeds[i % seeds.length])));
        assertThatManyAreReadAndManyRefused();
    }

    @Test
    void readsOrRefusesAnyDocumentAndReadsAgainWhatItWrites() {
        byte[][] seeds = {Wire.golden("document.json"), Wire.golden("document-minimal.json")};
        Fuzz.each(i -> codecs.document(fuzz.damaged(seeds[i % seeds.length])));
        assertThatManyAreReadAndManyRefused();
    }

    @Test
    void readsOrRefusesAnyKeyOfADocumentAndReadsAgainWhatItWrites() {
        String[] seeds = {"m-12", "movies/m-12", "default/a/b/c", "a", " / ", "x".repeat(511), "é/ü"};
        byte[] value = """
                {"text":"t"}""".getBytes(UTF_8);
        Fuzz.each(
                i -> codecs.document(fuzz.damaged(seeds[i % seeds.length].getBytes(UTF_8)), i % 3 == 0 ? null : value));
        assertThatManyAreReadAndManyRefused();
    }

    @Test
    void readsAnyKeyAndHeadersOfAQueryThatAnAnswerCanHold() {
        byte[] value = """
                {"query":"q"}""".getBytes(UTF_8);
        byte[] key = "shop-é-12".getBytes(UTF_8);
        Fuzz.each(i -> codecs.envelope(i % 5 == 0 ? null : fuzz.damaged(key), headers(), value));
        assertThatManyAreReadAndManyRefused();
    }

    /** Some are too many, most of these by little. */
    private List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        int room = QueryCodec.MAX_KEY_AND_HEADER_BYTES + 64 - fuzz.random().nextInt(128);
        for (int i = fuzz.random().nextInt(4); i > 0; i--) {
            String name = fuzz.damaged("kafka_correlationId");
            int size = i == 1 ? Math.max(0, room) : fuzz.random().nextInt(1_000);
            headers.add(new Header(name, size == 0 ? null : new byte[size]));
            room -= size + name.getBytes(UTF_8).length;
        }
        return headers;
    }

    private void assertThatManyAreReadAndManyRefused() {
        assertThat(codecs.refused()).isBetween(Fuzz.INPUTS / 5, Fuzz.INPUTS - Fuzz.INPUTS / 20);
    }
}
