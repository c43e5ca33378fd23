// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.wordpiece;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Word pieces of our own, held against those of Hugging Face's native tokenizer. */
class WordPieceTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BUILT_IN = "../deploy/models/streamrank-minilm-l6-v2";
    private static final String TINY = "../deploy/models/golden/tiny-cross-encoder";
    private static final int ROUNDS = 2_000;
    private static final List<String> PARTS = List.of(
            "the",
            "unbelievably",
            "Reordering",
            "x".repeat(99),
            "y",
            "don't",
            "[SEP]",
            "[sep]",
            "[",
            "[[CLS]]",
            "_",
            "a-b",
            "2026",
            "#",
            "##s",
            "\n",
            "\t",
            "\r",
            "\u000b",
            "\u0000",
            "\u007f",
            "\u0085",
            "\u00a0",
            "\u2003",
            "\u200b",
            "\u2028",
            "caf\u00e9",
            "a\u0308",
            "\u0308",
            "\u0130",
            "\u00df",
            "\ufb01ne",
            "\u706b",
            "\u706b\u5c71",
            "\u2013",
            "\u2019s",
            "\ud83d\ude00",
            "\u0431\u044b\u043b",
            "\u00ad",
            "\ufffd",
            "\u03a3\u03c2");

    private static ObjectNode file(String model) throws IOException {
        return (ObjectNode) JSON.readTree(Path.of(model, "tokenizer.json").toFile());
    }

    private static HuggingFaceTokenizer nativeTokenizer(JsonNode file) throws IOException {
        return HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(file.toString().getBytes(StandardCharsets.UTF_8)),
                Map.of("truncation", "DO_NOT_TRUNCATE", "padding", "DO_NOT_PAD"));
    }

    private static int[] tokens(HuggingFaceTokenizer tokenizer, String text) {
        return Arrays.stream(tokenizer.encode(text, false, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    private static @Nullable WordPiece split(ObjectNode file, HuggingFaceTokenizer tokenizer) {
        return WordPiece.of(file, false, text -> tokens(tokenizer, text));
    }

    @ParameterizedTest
    @CsvSource({BUILT_IN + ", true", BUILT_IN + ", false", TINY + ", true", TINY + ", false"})
    void splitsAnyTextAsTheNativeTokenizerDoes(String model, boolean lowerCase) throws IOException {
        ObjectNode file = file(model);
        ((ObjectNode) file.path("normalizer")).put("lowercase", lowerCase);
        Random random = new Random(7);
        try (HuggingFaceTokenizer tokenizer = nativeTokenizer(file)) {
            WordPiece split = Objects.requireNonNull(split(file, tokenizer));
            for (int i = 0; i < ROUNDS; i++) {
                String text = text(random);
                assertThat(split.tokens(text)).as(text).isEqualTo(tokens(tokenizer, text));
            }
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int parts = random.nextInt(12);
        boolean plain = random.nextBoolean();
        for (int i = 0; i < parts; i++) {
            text.append(
                    plain
                            ? String.valueOf((char) (32 + random.nextInt(95))).repeat(1 + random.nextInt(2))
                            : PARTS.get(random.nextInt(PARTS.size())));
            text.append(random.nextInt(3) == 0 ? " " : "");
        }
        return text.toString();
    }

    @Test
    void asksTheNativeTokenizerForWordsWithOtherLettersOnly() throws IOException {
        ObjectNode file = file(BUILT_IN);
        List<String> asked = new ArrayList<>();
        try (HuggingFaceTokenizer tokenizer = nativeTokenizer(file)) {
            WordPiece split = Objects.requireNonNull(WordPiece.of(file, false, text -> {
                asked.add(text);
                return tokens(tokenizer, text);
            }));
            asked.clear();

            int[] ids = split.tokens("Is caf\u00e9\u2013bar, \u706b\n a word? Na\u00efve");

            assertThat(asked).containsExactly("caf\u00e9\u2013bar, \u706b", "Na\u00efve");
            assertThat(ids).isEqualTo(tokens(tokenizer, "Is caf\u00e9\u2013bar, \u706b\n a word? Na\u00efve"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a [SEP] b", "a [Sep] b", "a\u0000b"})
    void asksTheNativeTokenizerForTheWholeText(String text) throws IOException {
        ObjectNode file = file(TINY);
        List<String> asked = new ArrayList<>();
        try (HuggingFaceTokenizer tokenizer = nativeTokenizer(file)) {
            WordPiece split = Objects.requireNonNull(WordPiece.of(file, false, part -> {
                asked.add(part);
                return tokens(tokenizer, part);
            }));
            asked.clear();

            int[] ids = split.tokens(text);

            assertThat(asked).containsExactly(text);
            assertThat(ids).isEqualTo(tokens(tokenizer, text));
        }
    }

    @Test
    void putsTextIntoLowerCaseWhereTheReferenceDoes() throws IOException {
        ObjectNode file = file(TINY);
        ((ObjectNode) file.path("normalizer")).put("lowercase", false);
        try (HuggingFaceTokenizer tokenizer = nativeTokenizer(file)) {
            WordPiece.Reference lower = text -> tokens(tokenizer, text.toLowerCase(Locale.ENGLISH));

            assertThat(WordPiece.of(file, false, lower)).isNull();
            assertThat(Objects.requireNonNull(WordPiece.of(file, true, lower)).tokens("The Words"))
                    .isEqualTo(tokens(tokenizer, "the words"));
        }
    }

    @Test
    void leavesOtherTokenizersAlone() throws IOException {
        assertOther(file -> model(file).put("type", "BPE"));
        assertOther(file -> model(file).put("continuing_subword_prefix", "@@"));
        assertOther(file -> model(file).put("unk_token", "no such token"));
        assertOther(file -> normalizer(file).put("type", "Lowercase"));
        assertOther(file -> normalizer(file).put("clean_text", false));
        assertOther(file -> file.withObject("/pre_tokenizer").put("type", "Whitespace"));
        assertOther(file -> file.withArray("added_tokens").addObject().put("content", "two words"));
        assertOther(file -> model(file).put("max_input_chars_per_word", 99)); // so that the reference does otherwise
    }

    private static void assertOther(Consumer<ObjectNode> change) throws IOException {
        ObjectNode file = file(TINY);
        try (HuggingFaceTokenizer tokenizer = nativeTokenizer(file)) {
            change.accept(file);
            assertThat(split(file, tokenizer)).isNull();
        }
    }

    private static ObjectNode model(ObjectNode file) {
        return (ObjectNode) file.path("model");
    }

    private static ObjectNode normalizer(ObjectNode file) {
        return (ObjectNode) file.path("normalizer");
    }
}
