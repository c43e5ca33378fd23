// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.PairTemplate;
import io.streamrank.inference.model.Tokens;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Derives from a tokenizer where it puts special tokens around a pair, and tests whether it does nothing else. */
final class PairTemplateDetector {
    private static final String FIRST = "which words?";
    private static final String SECOND = "Words, that stand: in 2 texts.";

    private final Tokenizer pairs;
    private final Tokenizer texts;

    private PairTemplateDetector(Tokenizer pairs, Tokenizer texts) {
        this.pairs = pairs;
        this.texts = texts;
    }

    /**
     * Returns the template, or null where a pair is more than a concatenation.
     *
     * @param pairs truncates to {@code maxTokens}
     * @param texts does not truncate
     * @param cutsBeginning whether {@code pairs} cuts off the beginning of texts
     */
    static @Nullable PairTemplate template(Tokenizer pairs, Tokenizer texts, int maxTokens, boolean cutsBeginning) {
        PairTemplateDetector detector = new PairTemplateDetector(pairs, texts);
        PairTemplate template = detector.derive(maxTokens, cutsBeginning);
        return template != null && detector.holds(template) ? template : null;
    }

    private @Nullable PairTemplate derive(int maxTokens, boolean cutsBeginning) {
        int[] first = texts.tokens(FIRST);
        int[] second = texts.tokens(SECOND);
        Encoding pair = texts.encode(FIRST, SECOND);
        int startOfFirst = indexOf(first, pair.ids(), 0);
        int endOfFirst = startOfFirst + first.length;
        int startOfSecond = startOfFirst < 0 ? -1 : indexOf(second, pair.ids(), endOfFirst);
        if (startOfSecond < 0 || first.length == 0 || second.length == 0) {
            return null;
        }
        int endOfSecond = startOfSecond + second.length;
        boolean segments = pair.secondSegment() < pair.tokens();
        PairTemplate template = new PairTemplate(
                Arrays.copyOf(pair.ids(), startOfFirst),
                Arrays.copyOfRange(pair.ids(), endOfFirst, startOfSecond),
                Arrays.copyOfRange(pair.ids(), endOfSecond, pair.tokens()),
                segments ? pair.secondSegment() - endOfFirst : -1,
                maxTokens,
                cutsBeginning);
        boolean usual = !segments || (pair.secondSegment() >= endOfFirst && pair.secondSegment() <= startOfSecond);
        return usual && template.room() >= 2 ? template : null;
    }

    private static int indexOf(int[] part, int[] whole, int from) {
        return IntStream.rangeClosed(from, whole.length - part.length)
                .filter(i -> Arrays.equals(part, 0, part.length, whole, i, i + part.length))
                .findFirst()
                .orElse(-1);
    }

    /** Tests the template on ordinary pairs, empty texts, texts with spaces around them, and texts that are too long. */
    private boolean holds(PairTemplate template) {
        String half = (SECOND + " ").repeat(template.maxTokens() / 14 + 1);
        String whole = (SECOND + " ").repeat(template.maxTokens() / 6 + 1);
        List<String> probes = List.of(FIRST, "", " a  b ", "na\u00efve [SEP] \u706b </s>", half, whole, whole + FIRST);
        List<Tokens> tokens =
                probes.stream().map(probe -> template.keep(texts.tokens(probe))).toList();
        for (int i = 0; i < probes.size(); i++) {
            for (int j = 0; j < probes.size(); j++) {
                Encoding expected = pairs.encode(probes.get(i), probes.get(j));
                if (!equal(expected, template.join(tokens.get(i), tokens.get(j)))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean equal(Encoding one, Encoding other) {
        return Arrays.equals(one.ids(), other.ids())
                && one.secondSegment() == other.secondSegment()
                && one.truncated() == other.truncated();
    }
}
