// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.CollectionUtil;
import org.junit.jupiter.api.Test;

class LocalClusterTest {
    @Test
    void runsOneJobAfterTheOtherAndShowsTheirMetrics() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(2, new Configuration())) {
            for (int round = 0; round < 2; round++) {
                var env = cluster.environment();
                var doubled = env.fromData(List.of(1, 2, 3)).map(new CountedDouble());

                assertThat(CollectionUtil.iteratorToList(doubled.executeAndCollect()))
                        .containsExactlyInAnyOrder(2, 4, 6);
            }
            assertThat(CountedDouble.seen).isPositive();
        }
    }

    @Test
    void namesOnlyTheJobsOwnMetrics() {
        assertThat(LocalMetrics.ownName(List.of("host", "map", "0", "streamrank"), "documents.received"))
                .isEqualTo("documents.received");
        assertThat(LocalMetrics.ownName(List.of("host", "map", "0", "streamrank", "cause", "x"), "deadLetters"))
                .isEqualTo("cause.x.deadLetters");
        assertThat(LocalMetrics.ownName(List.of("host", "map", "0"), "numRecordsIn"))
                .isNull();
    }

    /** Looks at its own counter from outside, while it runs. */
    private static final class CountedDouble extends RichMapFunction<Integer, Integer> {
        private static final long serialVersionUID = 1L;
        private static volatile long seen;
        private transient Counter counter;

        @Override
        public void open(OpenContext context) {
            counter =
                    getRuntimeContext().getMetricGroup().addGroup("streamrank").counter("numbers.doubled");
        }

        @Override
        public Integer map(Integer value) {
            counter.inc();
            seen = LocalMetrics.sum("numbers.doubled");
            return value * 2;
        }
    }
}
