// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.PairTemplate;
import io.streamrank.inference.repository.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pairs that are put together from tokens, held against the ones that the tokenizer itself makes. */
class PairTokenizerTest {
    private static final int ROUNDS = 400;
    private static final List<String> WORDS = List.of(
            "the",
            "words",
            "in",
            "another",
            "Rest",
            "on",
            "at",
            ",",
            ".",
            "?",
            "café",
            "火",
            "a\u0308",
            "x",
            "[SEP]",
            "</s>",
            "<unk>",
            "  ",
            "\n",
            "\t",
            "\u00a0",
            "\u200b",
            "😀",
            "2026",
            "İ",
            "ﬁne",
            "\u0000",
            "reordering",
            "\ud83d");

    @TempDir
    private Path folder;

    enum Kind {
        BERT {
            @Override
            ModelFolder write(Path folder) {
                return new ModelFolder("tiny", Golden.folder("tiny-cross-encoder"), "onnx/model.onnx");
            }
        },
        BUILT_IN {
            @Override
            ModelFolder write(Path folder) {
                return new ModelFolder("built in", Path.of("../deploy/models/streamrank-minilm-l6-v2"), "model.onnx");
            }
        },
        ROBERTA {
            @Override
            ModelFolder write(Path folder) throws IOException {
                return TinyTokenizers.roberta(folder);
            }
        },
        XLM_ROBERTA {
            @Override
            ModelFolder write(Path folder) throws IOException {
                return TinyTokenizers.xlmRoberta(folder);
            }
        },
        DEBERTA {
            @Override
            ModelFolder write(Path folder) throws IOException {
                return TinyTokenizers.deberta(folder);
            }
        };

        abstract ModelFolder write(Path folder) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void aPairOfTokensIsThePairThatTheTokenizerMakes(Kind kind) throws Exception {
        ModelFolder model = kind.write(folder);
        Random random = new Random(11);
        for (int maxTokens : new int[] {16, 17, 64, 512}) {
            TokenizerSettings settings = settings(model, random.nextBoolean(), random.nextBoolean());
            try (PairTokenizer pairs = PairTokenizer.load(settings, maxTokens, null);
                    Tokenizer whole = Tokenizer.load(settings, maxTokens)) {
                assertThat(pairs.template()).isNotNull();
                for (int round = 0; round < ROUNDS / 4; round++) {
                    String first = text(random, maxTokens);
                    String second = text(random, maxTokens);
                    assertEqual(pairs.encode(first, second), whole.encode(first, second), first + " / " + second);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void typesAndAttentionAreTheTokenizersOwn(Kind kind) throws Exception {
        ModelFolder model = kind.write(folder);
        Map<String, String> options = Map.of(
                "truncation", "LONGEST_FIRST", "padding", "DO_NOT_PAD", "maxLength", "32", "modelMaxLength", "32");
        Random random = new Random(12);
        try (PairTokenizer pairs = PairTokenizer.load(settings(model, false, false), 32, null);
                HuggingFaceTokenizer reference = HuggingFaceTokenizer.newInstance(model.tokenizerFile(), options)) {
            for (int round = 0; round < ROUNDS / 4; round++) {
                String first = text(random, 32).replaceAll("\\p{Cs}", "-");
                String second = text(random, 32).replaceAll("\\p{Cs}", "-");
                ai.djl.huggingface.tokenizers.Encoding expected = reference.encode(first, second);
                PaddedBatch batch =
                        PaddedBatch.of(List.of(pairs.encode(first, second)), 0, new BucketedPadding(false, 512));
                assertThat(batch.ids()).isEqualTo(expected.getIds());
                assertThat(batch.types()).isEqualTo(expected.getTypeIds());
                assertThat(batch.mask()).isEqualTo(expected.getAttentionMask());
            }
        }
    }

    @Test
    void findsWhereTheSpecialTokensGo() throws Exception {
        assertTemplate(Kind.BERT, new int[] {2}, new int[] {3}, new int[] {3}, 1);
        assertTemplate(Kind.ROBERTA, new int[] {0}, new int[] {2, 2}, new int[] {2}, -1);
        assertTemplate(Kind.XLM_ROBERTA, new int[] {0}, new int[] {2, 2}, new int[] {2}, -1);
        assertTemplate(Kind.DEBERTA, new int[] {1}, new int[] {2}, new int[] {2}, 1);
    }

    @Test
    void encodesPairsWholeWhereTheyAreNoConcatenation() throws Exception {
        ModelFolder model = TinyTokenizers.backwards(folder);
        for (boolean left : new boolean[] {false, true}) {
            encodesPairsWhole(model, left);
        }
    }

    private static void encodesPairsWhole(ModelFolder model, boolean left) throws Exception {
        try (PairTokenizer pairs = PairTokenizer.load(settings(model, false, left), 16, null);
                Tokenizer whole = Tokenizer.load(settings(model, false, left), 16)) {
            assertThat(pairs.template()).isNull();
            assertEqual(pairs.encode("the rest", "on"), whole.encode("the rest", "on"), "backwards");
        }
    }

    private void assertTemplate(Kind kind, int[] before, int[] between, int[] after, int segmentStart)
            throws Exception {
        try (PairTokenizer pairs = PairTokenizer.load(settings(kind.write(folder), false, false), 64, null)) {
            PairTemplate template = Objects.requireNonNull(pairs.template());
            assertThat(template.before()).isEqualTo(before);
            assertThat(template.between()).isEqualTo(between);
            assertThat(template.after()).isEqualTo(after);
            assertThat(template.segmentStart()).isEqualTo(segmentStart);
        }
    }

    private static TokenizerSettings settings(ModelFolder model, boolean lowerCase, boolean cutsBeginning) {
        return new TokenizerSettings(model, lowerCase, cutsBeginning, true, Map.of(), Map.of());
    }

    private static void assertEqual(Encoding actual, Encoding expected, String texts) {
        assertThat(actual.ids()).as(texts).isEqualTo(expected.ids());
        assertThat(actual.secondSegment()).as(texts).isEqualTo(expected.secondSegment());
        assertThat(actual.truncated()).as(texts).isEqualTo(expected.truncated());
    }

    /** From nothing to twice what fits. */
    private static String text(Random random, int maxTokens) {
        int words = random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(maxTokens);
        return IntStream.range(0, words)
                .mapToObj(i -> WORDS.get(random.nextInt(WORDS.size())))
                .reduce("", (text, word) -> text + (random.nextBoolean() ? " " : "") + word);
    }
}
