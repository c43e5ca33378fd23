// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Document;
import io.streamrank.event.Embedding;
import io.streamrank.event.Field;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackedDocumentTest {
    @Test
    void givesBackAnyTextCharacterByCharacter() {
        String all = "plain, caf\u00e9 \u00ff\u0100 \u2019 \uffff \ud83d\ude00 half a pair: \ud83d";
        Document document = new Document(
                "d",
                "c",
                List.of(new Field("", ""), new Field("t\u00eftle", all), new Field("\u4e2d", "x".repeat(300))),
                "{\"year\":2015,\"who\":\"\u4e2d\"}",
                null);
        assertThat(PackedDocument.of(document).unpack("c", "d")).isEqualTo(document);
    }

    @Test
    void tellsNoMetadataFromEmptyOnes() {
        for (String metadata : new String[] {null, "{}"}) {
            Document document = new Document("d", "c", List.of(), metadata, null);
            assertThat(PackedDocument.of(document).unpack("c", "d")).isEqualTo(document);
        }
    }

    @Test
    void leavesKeyAndVectorToOthers() {
        Document document = new Document("d", "c", List.of(new Field("a", "b")), null, new Embedding(new float[] {1}));
        Document other = new Document("e", "f", document.fields(), null, null);
        assertThat(PackedDocument.of(document))
                .isEqualTo(PackedDocument.of(other))
                .hasSameHashCodeAs(PackedDocument.of(other));
        assertThat(PackedDocument.of(document).unpack("f", "e")).isEqualTo(other);
    }

    @Test
    void takesAByteForACharacterOfMostTexts() {
        Document document = new Document("d", "c", List.of(new Field("text", "\u00e9".repeat(500))), null, null);
        assertThat(PackedDocument.of(document).bytes()).hasSize(1 + 6 + 3 + 500 + 1);
    }

    @Test
    void givesBackMadeTexts() {
        Random random = new Random(3);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            int most = 1 << (1 + random.nextInt(16));
            for (int i = random.nextInt(200); i > 0; i--) {
                text.append((char) random.nextInt(most));
            }
            Document document = new Document("d", "c", List.of(new Field("t", text.toString())), null, null);
            assertThat(PackedDocument.of(document).unpack("c", "d")).isEqualTo(document);
        }
    }
}
