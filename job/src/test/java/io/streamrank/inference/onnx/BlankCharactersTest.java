// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.BlankText;
import io.streamrank.inference.model.CrossEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Holds {@link BlankText} against what the built-in tokenizer makes of each character of Unicode. */
class BlankCharactersTest {
    private static final Path RERANKER = Path.of("../deploy/models/streamrank-minilm-l6-v2");

    /** A tokenizer that is older than a mark or a format character takes it for an unknown word. */
    private static final int UNKNOWN = 100;

    private static final int SEED = 5;

    @Test
    void aCharacterIsBlankIfTheTokenizerDropsIt() throws Exception {
        List<String> wrong = new ArrayList<>();
        try (CrossEncoder model = OnnxModels.crossEncoder(Golden.spec(RERANKER)).open()) {
            IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                    .filter(BlankCharactersTest::isTried)
                    .forEach(character -> {
                        int[] tokens = model.tokens(Character.toString(character));
                        boolean unknown = tokens.length == 1 && tokens[0] == UNKNOWN;
                        boolean blank = BlankText.isBlank(Character.toString(character));
                        if (blank
                                ? tokens.length > 0 && !(unknown && isOfLaterVersions(character))
                                : tokens.length == 0) {
                            wrong.add("U+%04X gives %d tokens".formatted(character, tokens.length));
                        }
                    });

            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void aTextIsBlankIfAllItsCharactersAre() throws Exception {
        int[] characters = {' ', 0xA0, 0, 0x200B, 0xFEFF, 0x301, 0xFFFD, 0xE000, '\n', 0xAD, 'a', 0x706B, '.'};
        Random random = new Random(SEED);
        try (CrossEncoder model = OnnxModels.crossEncoder(Golden.spec(RERANKER)).open()) {
            for (int round = 0; round < 2_000; round++) {
                int length = random.nextInt(8);
                // The last three characters are not blank; most texts are of the others alone.
                int most = round % 4 == 0 ? characters.length : characters.length - 3;
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < length; i++) {
                    text.appendCodePoint(characters[random.nextInt(most)]);
                }
                assertThat(BlankText.isBlank(text.toString()))
                        .as("%s, seed %d", text.codePoints().boxed().toList(), SEED)
                        .isEqualTo(model.tokens(text.toString()).length == 0);
            }
        }
    }

    /** All characters but most of those that are private or that nobody has assigned. */
    private static boolean isTried(int character) {
        int type = Character.getType(character);
        boolean named = type != Character.PRIVATE_USE && type != Character.UNASSIGNED;
        return type != Character.SURROGATE && (named || character % 64 == 0);
    }

    private static boolean isOfLaterVersions(int character) {
        int type = Character.getType(character);
        return type == Character.NON_SPACING_MARK || type == Character.FORMAT;
    }
}
