// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Every benchmark under {@code src/jmh} still runs. What they measure here means nothing. */
class BenchmarksITCase {
    @BeforeAll
    static void shareTheMachine() {
        // JMH refuses to run beside another JMH, for the sake of figures that nobody looks at here.
        System.setProperty("jmh.ignoreLock", "true");
    }

    @Test
    void everyBenchmarkRuns() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(1))
                        .param("documents", "300")
                        .param("beam", "50")
                        .param("batch", "64")
                        .param("words", "20")
                        .param("documentCache", "0")
                        .shouldFailOnError(true)
                        .build())
                .run();
        assertThat(results.stream().map(result -> result.getParams().getBenchmark()))
                .hasSize(24)
                .allMatch(name -> name.startsWith("io.streamrank."));
    }
}
