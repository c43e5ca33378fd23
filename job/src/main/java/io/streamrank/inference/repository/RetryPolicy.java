// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.file.FileSystemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries what failed, with growing pauses, unless another attempt would fail too.
 *
 * @param attempts at most
 * @param pause before the second attempt; doubles from then on
 * @param clock tells whether there is time for another attempt
 */
record RetryPolicy(int attempts, Duration pause, Clock clock) {
    static final RetryPolicy DEFAULT = new RetryPolicy(6, Duration.ofSeconds(1), Clock.systemUTC());

    private static final Logger LOG = LoggerFactory.getLogger(RetryPolicy.class);
    private static final Duration MAX_PAUSE = Duration.ofMinutes(2);

    /** Is tried, maybe several times. */
    interface Attempt<T> {
        T run() throws IOException;
    }

    /** Runs the attempt until it succeeds, fails for good, or the limit would pass. */
    <T> T run(Duration limit, Attempt<T> attempt) throws IOException {
        Instant deadline = clock.instant().plus(limit);
        Duration wait = pause;
        for (int i = 1; ; i++) {
            try {
                return attempt.run();
            } catch (IOException e) {
                Duration requested = e instanceof HubException hub ? hub.retryAfter() : Duration.ZERO;
                Duration next = requested.compareTo(wait) > 0 ? requested : wait;
                if (permanent(e) || i >= attempts || clock.instant().plus(next).isAfter(deadline)) {
                    throw e;
                }
                LOG.warn("Attempt {} of {}: {} Trying again in {}", i, attempts, e.getMessage(), next);
                sleep(next);
                wait = wait.multipliedBy(2);
            }
        }
    }

    /** Returns the pause that a server asks for in seconds, at most two minutes. A date, which servers rarely send, is ignored. */
    static Duration retryAfter(HttpHeaders headers) {
        long seconds = headers.firstValue("Retry-After")
                .filter(value -> value.matches("\\d{1,6}"))
                .map(Long::parseLong)
                .orElse(0L);
        return Duration.ofSeconds(Math.min(seconds, MAX_PAUSE.toSeconds()));
    }

    /** Tells whether another attempt would fail too, as with a full disk or a missing permission. */
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
