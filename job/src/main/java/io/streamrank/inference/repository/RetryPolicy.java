// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.file.FileSystemException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again with growing pauses what may go better another time.
 *
 * @param attempts at most
 * @param pause before the second attempt; doubles from then on
 */
record Retries(int attempts, Duration pause) {
    static final Retries DEFAULT = new Retries(6, Duration.ofSeconds(1));

    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /** What is tried. */
    interface Attempt<T> {
        T run() throws IOException;
    }

    <T> T run(Duration limit, Attempt<T> attempt) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        Duration wait = pause;
        for (int i = 1; ; i++) {
            try {
                return attempt.run();
            } catch (IOException e) {
                Duration asked = e instanceof HubException hub ? hub.retryAfter() : Duration.ZERO;
                Duration next = asked.compareTo(wait) > 0 ? asked : wait;
                if (permanent(e) || i >= attempts || System.nanoTime() + next.toNanos() > end) {
                    throw e;
                }
                LOG.warn("Attempt {} of {}: {} Trying again in {}", i, attempts, e.getMessage(), next);
                sleep(next);
                wait = wait.multipliedBy(2);
            }
        }
    }

    /** Seconds are what servers send; dates are not understood, and then the usual pause will do. */
    static Duration retryAfter(HttpHeaders headers) {
        long seconds = headers.firstValue("Retry-After")
                .filter(value -> value.matches("\\d{1,6}"))
                .map(Long::parseLong)
                .orElse(0L);
        return Duration.ofSeconds(Math.min(seconds, LONGEST.toSeconds()));
    }

    /** A full disk, a missing permission and the like are no fault of the network. */
    private static boolean permanent(IOException e) {
        return e instanceof HubException hub
                ? hub.permanent()
                : e instanceof FileSystemException
                        || String.valueOf(e.getMessage()).contains("No space left");
    }

    private static void sleep(Duration time) throws IOException {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HubException("the download was interrupted.", true);
        }
    }
}
