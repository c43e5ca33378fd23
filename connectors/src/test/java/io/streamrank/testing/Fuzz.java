// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Random damage to good inputs, the same in each run. Not thread-safe. */
public final class Fuzz {
    /** How many inputs a test tries. */
    public static final int INPUTS = Integer.getInteger("streamrank.fuzz-inputs", 10_000);

    private static final int AT_A_TIME = 1_000;
    /** So many take a tenth of a second; only one that hangs gets here. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String[] SPLINTERS = {
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "/",
        ".",
        "null",
        "true",
        "1e999",
        "-0",
        "NaN",
        "9999999999999999999999",
        "\\ud800",
        "\\u0000",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "\uFEFF",
        "1e-99999",
        "0x1",
        "//"
    };

    private final Random random = new Random(20261123);

    /** Something to do with the input of a number. */
    @FunctionalInterface
    public interface Trial {
        void with(int number) throws Exception;
    }

    /** Tries each number below {@link #INPUTS}; one that hangs fails the test and is named. */
    public static void each(Trial trial) {
        AtomicInteger current = new AtomicInteger();
        while (current.get() < INPUTS) {
            int end = Math.min(INPUTS, current.get() + AT_A_TIME);
            assertTimeoutPreemptively(
                    PATIENCE,
                    () -> {
                        while (current.get() < end) {
                            trial.with(current.get());
                            current.incrementAndGet();
                        }
                    },
                    () -> "input " + current.get() + " hangs");
        }
    }

    public Random random() {
        return random;
    }

    /** One to three times damaged; the seed stays as it is. */
    public byte[] damaged(byte[] seed) {
        byte[] bytes = seed;
        for (int i = random.nextInt(3); i >= 0; i--) {
            bytes = damagedOnce(bytes);
        }
        return bytes;
    }

    public String damaged(String seed) {
        return new String(damaged(seed.getBytes(UTF_8)), UTF_8);
    }

    private byte[] damagedOnce(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + random.nextInt(12));
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> spliced(bytes, at, end, new byte[0]);
            case 2 -> spliced(bytes, at, at, SPLINTERS[random.nextInt(SPLINTERS.length)].getBytes(UTF_8));
            case 3 -> spliced(bytes, at, end, SPLINTERS[random.nextInt(SPLINTERS.length)].getBytes(UTF_8));
            case 4 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
            default -> spliced(bytes, at, Math.min(bytes.length, at + 1), new byte[] {(byte) random.nextInt(256)});
        };
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] part) {
        byte[] spliced = new byte[bytes.length - (to - from) + part.length];
        System.arraycopy(bytes, 0, spliced, 0, from);
        System.arraycopy(part, 0, spliced, from, part.length);
        System.arraycopy(bytes, to, spliced, from + part.length, bytes.length - to);
        return spliced;
    }
}
