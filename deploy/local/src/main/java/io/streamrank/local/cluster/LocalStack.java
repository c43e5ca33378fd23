// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.cluster;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.configuration.Configuration;

/**
 * Runs Kafka and Flink in this process, started at the same time. {@link #close} may be called by any thread, more
 * than once.
 */
public record LocalStack(EmbeddedKafka kafka, LocalCluster cluster) implements AutoCloseable {
    /**
     * Starts both.
     *
     * @param kafkaPort where it is free, or 0 for any
     */
    public static LocalStack start(int kafkaPort, int parallelism, Configuration flink) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            var kafka = submit(threads, () -> EmbeddedKafka.start(kafkaPort, Map.of()));
            var cluster = submit(threads, () -> LocalCluster.start(parallelism, flink));
            return kafka.thenCombine(cluster, LocalStack::new).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            threads.shutdown();
        }
    }

    private static <T> CompletableFuture<T> submit(ExecutorService threads, Callable<T> start) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return start.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                threads);
    }

    /**
     * Stops the job before the broker that it talks to. An interrupt, which is why this is closed, does not cut it
     * short.
     */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            cluster.closeQuietly();
            kafka.close();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
