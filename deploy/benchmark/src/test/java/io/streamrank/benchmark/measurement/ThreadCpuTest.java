// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.measurement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ThreadCpuTest {
    /** Lets no work be left out because nobody looks at what it gives. */
    volatile double sink;

    @Test
    void countsTheThreadsThatAreAskedForSinceItWasMade() throws Exception {
        work(); // does not count
        CountDownLatch worked = new CountDownLatch(1);
        CountDownLatch measured = new CountDownLatch(1);
        ThreadCpu cpu = new ThreadCpu();
        Thread other = new Thread(
                () -> {
                    work();
                    worked.countDown();
                    await(measured);
                },
                "measured-thread");
        other.start();
        worked.await();

        assertThat(cpu.nanos("measured-thread"::equals)).isGreaterThan(1_000_000);
        assertThat(cpu.nanos("no-such-thread"::equals)).isZero();
        measured.countDown();
        other.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes some milliseconds of CPU on any machine. */
    private void work() {
        double sum = 0;
        for (int i = 1; i < 5_000_000; i++) {
            sum += Math.sqrt(i);
        }
        sink = sum;
    }
}
