// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.simulated;

import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.model.PairTemplate;
import io.streamrank.inference.onnx.BucketedPadding;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokenises as a real cross-encoder does and leaves the rest to a simulated accelerator. A pair's logit depends on its tokens alone. */
final class SimulatedCrossEncoder implements CrossEncoder {
    private static final int LOGITS = 1 << 16;

    private final SimulatedAccelerator accelerator;
    private final CrossEncoder real;
    private final ModelInfo info;
    private final Padding padding;
    private final SimulatedRuns runs;

    SimulatedCrossEncoder(SimulatedAccelerator accelerator, CrossEncoder real) {
        this.accelerator = accelerator;
        this.real = real;
        this.info = new ModelInfo(
                accelerator.toString(),
                accelerator + " " + real.info().fingerprint(),
                real.info().maxTokens());
        this.padding = new BucketedPadding(true, info.maxTokens());
        this.runs = new SimulatedRuns(accelerator.runs());
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public int maxBatchSize() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Batching batching() {
        return accelerator.batching(padding);
    }

    @Override
    public Encoding encode(String query, String passage) {
        return real.encode(query, passage);
    }

    @Override
    public @Nullable PairTemplate template() {
        return real.template();
    }

    @Override
    public int[] tokens(String text) {
        return real.tokens(text);
    }

    @Override
    public float[] logits(List<Encoding> batch) throws InferenceException {
        float[] logits = new float[batch.size()];
        int longest = 0;
        for (int i = 0; i < logits.length; i++) {
            Encoding pair = batch.get(i);
            longest = Math.max(longest, pair.tokens());
            logits[i] = logit(pair);
        }
        runs.run(accelerator.nanos(padding.rows(logits.length), padding.columns(longest)));
        return logits;
    }

    /** Returns a number between -5 and 5. */
    static float logit(Encoding pair) {
        return Math.floorMod(Arrays.hashCode(pair.ids()), LOGITS) * 10f / LOGITS - 5;
    }

    @Override
    public double relevance(float logit) {
        return real.relevance(logit);
    }

    @Override
    public void close() {
        real.close();
    }
}
