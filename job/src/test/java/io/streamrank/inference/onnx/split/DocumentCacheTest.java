// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamrank.inference.model.CrossEncoder.KeptDocuments;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DocumentCacheTest {
    private static final int PAGE = PagedMemory.PAGE_BYTES;
    private static final long PLENTY = Long.MAX_VALUE;

    @Test
    void givesBackWhatWasPutWhateverItsLength() {
        try (DocumentCache cache = cache(1 << 20)) {
            for (int bytes : List.of(1, PAGE - 1, PAGE, PAGE + 1, 5 * PAGE + 7)) {
                assertThat(read(cache, bytes, bytes)).isNull();
                put(cache, bytes, bytes);
                assertThat(read(cache, bytes, bytes)).isEqualTo(states(bytes, bytes));
            }
            assertThat(cache.stats()).isEqualTo(new KeptDocuments(5, 5, 5, (1 + 1 + 1 + 2 + 6) * (long) PAGE));
        }
    }

    @Test
    void neverHoldsMoreThanItMayAndMakesRoomForOthers() {
        Random random = new Random(3);
        try (DocumentCache cache = cache(64 * PAGE)) {
            int kept = 0;
            for (int document = 0; document < 2_000; document++) {
                int bytes = 1 + random.nextInt(8 * PAGE);
                read(cache, document, bytes);
                put(cache, document, bytes);
                kept += read(cache, document, bytes) == null ? 0 : 1;
                assertThat(cache.stats().bytes()).isLessThanOrEqualTo(64L * PAGE);
            }
            assertThat(kept).isGreaterThan(16); // more than ever fit at once
            assertThat(cache.stats().entries()).isLessThan(65);
            assertThat(cache.stats().bytes()).isGreaterThan(40L * PAGE);
        }
    }

    @Test
    void keepsWhatIsAskedForOftenAndNotWhatPassesBy() {
        int found = 0;
        try (DocumentCache cache = cache(32 * PAGE)) {
            for (int i = 0; i < 2_000; i++) {
                int often = i % 10;
                if (read(cache, often, PAGE) == null) {
                    put(cache, often, PAGE);
                } else {
                    found += i < 1_000 ? 0 : 1;
                }
                for (int passing = 0; passing < 5; passing++) { // in 10 rounds more than it can hold
                    int once = 100 + 5 * i + passing;
                    read(cache, once, PAGE);
                    put(cache, once, PAGE);
                }
            }
        }
        assertThat(found).isGreaterThan(900);
    }

    @Test
    void keepsNothingThatIsLargerThanItAndNothingAtAllWithoutMemory() {
        try (DocumentCache small = cache(4 * PAGE);
                DocumentCache none = cache(0)) {
            put(small, 1, 5 * PAGE);
            put(small, 2, 4 * PAGE);
            put(none, 1, 1);
            assertThat(read(small, 1, 5 * PAGE)).isNull();
            assertThat(read(small, 2, 4 * PAGE)).isNotNull();
            assertThat(read(none, 1, 1)).isNull();
            assertThat(none.stats()).isEqualTo(new KeptDocuments(0, 1, 0, 0));
        }
    }

    @Test
    void whatIsReadIsWholeWhileOthersEvict() throws Exception {
        int threads = 8;
        AtomicInteger hits = new AtomicInteger();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try (DocumentCache cache = cache(40 * PAGE)) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Random random = new Random(thread);
                running.add(executor.submit(() -> {
                    for (int i = 0; i < 3_000; i++) {
                        int document = (int) Math.abs(random.nextGaussian() * 12);
                        int bytes = 1 + document * 997 % (4 * PAGE);
                        byte[] found = read(cache, document, bytes);
                        if (found == null) {
                            put(cache, document, bytes);
                        } else {
                            hits.incrementAndGet();
                            assertThat(found).isEqualTo(states(document, bytes));
                        }
                        assertThat(cache.stats().bytes()).isLessThanOrEqualTo(40L * PAGE);
                    }
                }));
            }
            for (Future<?> run : running) {
                run.get(60, TimeUnit.SECONDS);
            }
            assertThat(hits.get()).isGreaterThan(1_000);
            KeptDocuments stats = cache.stats();
            assertThat(stats.hits()).isEqualTo(hits.get());
            assertThat(stats.hits() + stats.misses()).isEqualTo(threads * 3_000L);
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void staysAtWhatTheJvmHasAndGoesOnKeepingOthers() {
        long[] left = {PagedMemory.LEFT_TO_OTHERS + (4 << 20)};
        try (DocumentCache cache = new DocumentCache("m", 16 << 20, () -> {
            long now = left[0];
            left[0] = PagedMemory.LEFT_TO_OTHERS; // after the first slab
            return now;
        })) {
            int found = 0;
            for (int document = 0; document < 100; document++) {
                for (int times = 0; times < 3; times++) {
                    read(cache, document, 50 * PAGE);
                }
                put(cache, document, 50 * PAGE);
                found += read(cache, document, 50 * PAGE) == null ? 0 : 1;
                assertThat(cache.stats().bytes()).isLessThanOrEqualTo(4 << 20);
            }
            assertThat(found).isGreaterThan(4 * 512 / 50 + 10);
        }
    }

    @Test
    void takesItsMemoryWhenNeeded() {
        try (PagedMemory memory = new PagedMemory(8 << 20, () -> PLENTY)) {
            assertThat(memory.pages()).isZero();
            assertThat(memory.take(3)).hasSize(3);
            assertThat(memory.pages() * PAGE).isEqualTo(4 << 20);
            assertThat(memory.take(2_048)).hasSize(2_048);
            assertThat(memory.take(2_048)).isNull();
            assertThat(memory.usedBytes()).isEqualTo(2_051L * PAGE);
            assertThat(memory.pages() * PAGE).isEqualTo(8 << 20);
        }
    }

    @Test
    void givesItsMemoryBackWhenClosed() {
        System.gc();
        long before = directMemory();
        for (int round = 0; round < 8; round++) {
            DocumentCache cache = cache(32L << 20);
            for (int document = 0; document < 32; document++) {
                put(cache, document, 1 << 20);
            }
            cache.close();
            put(cache, 1, PAGE);
            assertThat(read(cache, 1, PAGE)).isNull();
            assertThat(cache.stats().bytes()).isZero();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            System.gc(); // direct buffers are freed with the objects
            return directMemory() - before < 16 << 20;
        });
    }

    @Test
    void theJvmTellsWhatIsLeft() {
        ByteBuffer taken = ByteBuffer.allocateDirect(8 << 20);
        assertThat(DirectMemory.limit() - DirectMemory.available()).isGreaterThanOrEqualTo(taken.capacity());
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static DocumentCache cache(long bytes) {
        return new DocumentCache("m", bytes, () -> PLENTY);
    }

    private static TokenSequence document(int number) {
        return TokenSequence.of(new int[] {number / 7, 9, number}, 0, 3);
    }

    private static byte[] states(int document, int bytes) {
        byte[] states = new byte[bytes];
        new Random(document).nextBytes(states);
        return states;
    }

    private static void put(DocumentCache cache, int document, int bytes) {
        cache.put(document(document), ByteBuffer.wrap(states(document, bytes)));
    }

    private static byte @Nullable [] read(DocumentCache cache, int document, int bytes) {
        ByteBuffer target = ByteBuffer.allocateDirect(bytes);
        if (!cache.read(document(document), target, bytes)) {
            return null;
        }
        byte[] states = new byte[bytes];
        target.get(0, states);
        return states;
    }
}
