// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.PairTemplate;
import io.streamrank.inference.model.Tokens;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * A cross-encoder without a model: the logit is the number of distinct words that query and passage share. See {@link
 * FakeWords} for what does harm.
 */
public final class OverlapCrossEncoder implements CrossEncoder {
    /** How many are open in this JVM. */
    public static final AtomicInteger OPEN = new AtomicInteger();
    /** Pairs scored in this JVM. */
    public static final AtomicLong PAIRS = new AtomicLong();

    /** Texts tokenised in this JVM. */
    public static final AtomicLong TEXTS = new AtomicLong();

    private static final String FINGERPRINT = "overlap-v1";
    private static final int MAX_TOKENS = 128;
    private static final PairTemplate TEMPLATE = new PairTemplate(
            new int[] {FakeWords.CLS}, new int[] {FakeWords.SEP}, new int[] {FakeWords.SEP}, 1, MAX_TOKENS);

    private final int sign;

    private OverlapCrossEncoder(int sign) {
        this.sign = sign;
        OPEN.incrementAndGet();
    }

    public static ModelFactory<CrossEncoder> factory() {
        return factory("overlap");
    }

    /** A factory whose model is not shared with those of other names. */
    public static ModelFactory<CrossEncoder> factory(String name) {
        return new Factory(name, 1);
    }

    /** One that has it the other way round: the fewer words are shared, the better. */
    public static ModelFactory<CrossEncoder> contrary() {
        return new Factory("contrary", -1);
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo("fake:overlap", FINGERPRINT, MAX_TOKENS);
    }

    @Override
    public int maxBatchSize() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Encoding encode(String query, String passage) {
        return TEMPLATE.join(Tokens.of(tokens(query), TEMPLATE.room()), Tokens.of(tokens(passage), TEMPLATE.room()));
    }

    @Override
    public PairTemplate template() {
        return TEMPLATE;
    }

    @Override
    public int[] tokens(String text) {
        TEXTS.incrementAndGet();
        return FakeWords.ids(text);
    }

    @Override
    public float[] logits(List<Encoding> batch) throws InferenceException {
        FakeWords.run(batch);
        PAIRS.addAndGet(batch.size());
        float[] logits = new float[batch.size()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = sign * logit(batch.get(i));
        }
        return logits;
    }

    @Override
    public double relevance(float logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    @Override
    public void close() {
        OPEN.decrementAndGet();
    }

    private static float logit(Encoding pair) {
        if (FakeWords.contains(pair.ids(), FakeWords.NAN)) {
            return Float.NaN;
        }
        int[] passage = IntStream.range(pair.secondSegment(), pair.tokens())
                .map(i -> pair.ids()[i])
                .toArray();
        return IntStream.range(0, pair.secondSegment())
                .map(i -> pair.ids()[i])
                .filter(FakeWords::isWord)
                .distinct()
                .filter(word -> FakeWords.contains(passage, word))
                .count();
    }

    private record Factory(String name, int sign) implements ModelFactory<CrossEncoder> {
        @Override
        public CrossEncoder open() {
            return new OverlapCrossEncoder(sign);
        }

        @Override
        public String fingerprint() {
            return FINGERPRINT;
        }

        @Override
        public String key() {
            return name;
        }
    }
}
