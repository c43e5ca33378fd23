// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.PairTemplate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaselineTest {
    @ParameterizedTest
    @CsvSource({
        // of the model, of all, worth having, cores
        "0, 0, 2147483647, 4, 4",
        "0, 2, 2147483647, 4, 2",
        "3, 2, 2147483647, 4, 2",
        "1, 2, 2147483647, 4, 1",
        "8, 0, 2147483647, 4, 4",
        "0, 0, 2, 4, 2",
    })
    void hasAsManyRunsAtATimeAsTheJobWouldLetTheModelHave(
            int ofModel, int ofAll, int maxRuns, int cores, int expected) {
        assertThat(Baseline.workers(ofModel, ofAll, maxRuns, cores)).isEqualTo(expected);
    }

    @Test
    void runsAllPairsWhereTheDeviceHasNoRoomForItsLargestBatches() throws Exception {
        SmallDevice model = new SmallDevice(6, 1_000);
        try (Baseline baseline = new Baseline(model, 2)) {
            Measurement measured = baseline.run(baseline.prepare(requests(20, 10)));
            assertThat(measured.pairs()).isEqualTo(200);
            assertThat(model.scored).hasSize(200);
        }
        assertThat(model.largest).hasValueLessThanOrEqualTo(6);
    }

    /** As when two runs at the same time need more than one alone. */
    @Test
    void runsTheHalvesOfABatchThatFitsNoLonger() throws Exception {
        SmallDevice model = new SmallDevice(1_000, 3);
        try (Baseline baseline = new Baseline(model, 2)) {
            Measurement measured = baseline.run(baseline.prepare(requests(20, 10)));
            assertThat(measured.pairs()).isEqualTo(200);
            assertThat(model.scored).hasSize(200);
        }
    }

    @Test
    void failsWhereNotEvenOnePairRuns() {
        try (Baseline baseline = new Baseline(new SmallDevice(0, 0), 1)) {
            assertThatThrownBy(() -> baseline.run(baseline.prepare(requests(1, 2))))
                    .isInstanceOf(InferenceException.class)
                    .hasMessage("no room for 1");
        }
    }

    private static List<RerankRequest> requests(int queries, int passages) {
        return IntStream.range(0, queries)
                .mapToObj(query -> new RerankRequest(
                        "q" + query,
                        IntStream.range(0, passages)
                                .mapToObj(passage -> "p" + passage)
                                .toList()))
                .toList();
    }

    /** A model on a device that has room for few pairs. */
    private static final class SmallDevice implements CrossEncoder {
        private final int room;
        private final int roomForDifferent;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger largest = new AtomicInteger();
        /** First tokens, by which pairs differ, of those that were scored next to others. */
        private final Set<Integer> scored = ConcurrentHashMap.newKeySet();

        /**
         * Makes a model.
         *
         * @param room most pairs of a batch
         * @param roomForDifferent the same for a batch whose pairs are not all the same one, with which sizes are tried
         */
        SmallDevice(int room, int roomForDifferent) {
            this.room = room;
            this.roomForDifferent = roomForDifferent;
        }

        @Override
        public float[] logits(List<Encoding> batch) throws InferenceException {
            Set<Integer> pairs = new TreeSet<>();
            batch.forEach(pair -> pairs.add(pair.ids()[0]));
            if (batch.size() > (pairs.size() > 1 ? roomForDifferent : room)) {
                throw new InferenceException("no room for " + batch.size());
            }
            largest.accumulateAndGet(batch.size(), Math::max);
            scored.addAll(pairs);
            return new float[batch.size()];
        }

        @Override
        public Encoding encode(String query, String passage) {
            int[] ids = new int[20];
            ids[0] = next.getAndIncrement();
            return new Encoding(ids, ids.length, false);
        }

        @Override
        public ModelInfo info() {
            return new ModelInfo("fake:small", "small", 512);
        }

        @Override
        public int maxBatchSize() {
            return Integer.MAX_VALUE;
        }

        @Override
        public @Nullable PairTemplate template() {
            return null;
        }

        @Override
        public int[] tokens(String text) {
            return new int[0];
        }

        @Override
        public double relevance(float logit) {
            return logit;
        }

        @Override
        public void close() {}
    }
}
