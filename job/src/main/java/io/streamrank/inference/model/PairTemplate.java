// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/**
 * Says where a model's tokenizer puts special tokens around two texts: {@code [CLS] A [SEP] B [SEP]} for BERT and DeBERTa,
 * {@code <s> A </s></s> B </s>} for RoBERTa and XLM-R. With it a pair is a concatenation of ids, and each text is tokenised
 * once. Thread-safe; the arrays are owned by the template and must not be changed.
 *
 * @param before special tokens before the first text
 * @param between special tokens between the texts
 * @param after special tokens after the second text
 * @param segmentStart how many tokens after the end of the first text token type 1 begins; negative where all is type 0
 * @param maxTokens longest pair, special tokens included
 * @param cutsBeginning whether a text that is too long loses its beginning instead of its end
 * @param mostOfFirst most tokens of the first text, whatever the second leaves
 * @param mostOfSecond most tokens of the second text, whatever the first leaves
 */
public record PairTemplate(
        int[] before,
        int[] between,
        int[] after,
        int segmentStart,
        int maxTokens,
        boolean cutsBeginning,
        int mostOfFirst,
        int mostOfSecond) {
    public PairTemplate(
            int[] before, int[] between, int[] after, int segmentStart, int maxTokens, boolean cutsBeginning) {
        this(before, between, after, segmentStart, maxTokens, cutsBeginning, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    public PairTemplate(int[] before, int[] between, int[] after, int segmentStart, int maxTokens) {
        this(before, between, after, segmentStart, maxTokens, false);
    }

    /** Returns this for a model that reads the texts apart: each is cut for itself, however long the other is. */
    public PairTemplate apart(int ofFirst, int ofSecond) {
        int special = before.length + between.length + after.length;
        return new PairTemplate(
                before, between, after, segmentStart, special + ofFirst + ofSecond, cutsBeginning, ofFirst, ofSecond);
    }

    /** Returns the room for the texts' own tokens. */
    public int room() {
        return maxTokens - before.length - between.length - after.length;
    }

    /** Returns as much of a text's tokens as a pair may need. */
    public Tokens keep(int[] ids) {
        return cutsBeginning ? Tokens.endOf(ids, room()) : Tokens.of(ids, room());
    }

    /**
     * Returns the pair as the tokenizer itself makes it: if the texts are too long together, the longer gives way until both
     * are equal ({@code longest_first} of Hugging Face's tokenizers, of which the odd token goes to the longer).
     */
    public Encoding join(Tokens first, Tokens second) {
        int ofFirst = Math.min(first.length(), mostOfFirst);
        int ofSecond = Math.min(second.length(), mostOfSecond);
        if (ofFirst + ofSecond > room()) {
            int shorter = Math.min(Math.min(ofFirst, ofSecond), room() / 2);
            ofFirst = ofFirst <= ofSecond ? shorter : room() - shorter;
            ofSecond = room() - ofFirst;
        }
        boolean truncated = ofFirst < first.length() || ofSecond < second.length();
        int from = cutsBeginning ? second.kept() - ofSecond : 0;
        return join(first, ofFirst, second, from, from + ofSecond, truncated);
    }

    /**
     * Returns a pair of parts of the texts.
     *
     * @param ofFirst tokens taken of the first text
     * @param from first token taken of the second text
     * @param to end of what is taken of the second text
     */
    public Encoding join(Tokens first, int ofFirst, Tokens second, int from, int to, boolean truncated) {
        int endOfFirst = before.length + ofFirst;
        int startOfSecond = endOfFirst + between.length;
        int endOfSecond = startOfSecond + to - from;
        int[] ids = new int[endOfSecond + after.length];
        System.arraycopy(before, 0, ids, 0, before.length);
        int start = cutsBeginning ? first.kept() - ofFirst : 0;
        first.copy(start, start + ofFirst, ids, before.length);
        System.arraycopy(between, 0, ids, endOfFirst, between.length);
        second.copy(from, to, ids, startOfSecond);
        System.arraycopy(after, 0, ids, endOfSecond, after.length);
        int secondSegment = segmentStart < 0 ? ids.length : endOfFirst + segmentStart;
        return new Encoding(ids, secondSegment, truncated);
    }
}
