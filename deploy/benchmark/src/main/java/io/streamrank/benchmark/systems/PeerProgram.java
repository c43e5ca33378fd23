// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.local.console.InputException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs another program that scores the same pairs with the same weights, in turns with ours. It reads them from a
 * {@link PairFile} and writes the line {@value #READY}. Then it reads lines that hold a number of queries. For each it
 * scores the next so many queries of the file, from its beginning again after its end, and writes a line of JSON:
 * {@code {"max_difference": …}}, how far its logits were from those in the file at most. Not thread-safe.
 */
public final class PeerProgram implements AutoCloseable {
    static final String READY = "ready";
    /** What a command says for the path of the pairs. */
    static final String PAIRS = "{pairs}";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORM = "--peer takes NAME=COMMAND, a command line that holds " + PAIRS;

    private final String name;
    private final Process process;
    private final BufferedWriter orders;
    private final BufferedReader answers;
    private final List<PairFile.Size> sizes;
    private int next;
    private double maxDifference;

    private PeerProgram(String name, Process process, List<PairFile.Size> sizes) {
        this.name = name;
        this.process = process;
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.sizes = sizes;
    }

    /**
     * Checks the form of an option.
     *
     * @param option {@code NAME=COMMAND}
     * @throws InputException where there is no name, or the command does not take the pairs
     */
    public static void check(String option) {
        int equals = option.indexOf('=');
        if (equals < 1 || !option.substring(equals).contains(PAIRS)) {
            throw new InputException(FORM + ": " + option);
        }
    }

    /** Starts the program and waits until it is ready. What it says besides is thrown away, its errors are shown. */
    static PeerProgram start(String option, PairFile pairs, List<PairFile.Size> sizes) throws IOException {
        String name = option.substring(0, option.indexOf('='));
        String command = option.substring(name.length() + 1)
                .replace(PAIRS, pairs.path().toAbsolutePath().toString());
        Process process = new ProcessBuilder("sh", "-c", command)
                .redirectError(Redirect.INHERIT)
                .start();
        PeerProgram peer = new PeerProgram(name, process, sizes);
        try {
            peer.await(READY::equals);
        } catch (IOException | RuntimeException e) {
            peer.close();
            throw e;
        }
        return peer;
    }

    String name() {
        return name;
    }

    /** Returns the largest difference of a logit, over all pairs that it has scored. */
    double maxDifference() {
        return maxDifference;
    }

    Measurement run(int queries) throws IOException {
        long pairs = 0;
        long tokens = 0;
        for (int i = 0; i < queries; i++) {
            PairFile.Size size = sizes.get(next++ % sizes.size());
            pairs += size.pairs();
            tokens += size.tokens();
        }
        long cpu = cpuNanos();
        long started = System.nanoTime();
        orders.write(queries + "\n");
        orders.flush();
        String answer = await(line -> difference(line) != null);
        long nanos = System.nanoTime() - started;
        Double difference = difference(answer);
        maxDifference = Math.max(maxDifference, difference == null ? Double.NaN : difference);
        return new Measurement(pairs, tokens, 0, nanos, cpuNanos() - cpu, 0, 0);
    }

    private interface Wanted {
        boolean is(String line);
    }

    private String await(Wanted wanted) throws IOException {
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (wanted.is(line)) {
                return line;
            }
        }
        throw new InputException("the peer " + name + " ended before it answered: run its command by hand to see why");
    }

    private static @Nullable Double difference(String line) {
        try {
            JsonNode difference = JSON.readTree(line).path("max_difference");
            return difference.isNumber() ? difference.doubleValue() : null;
        } catch (JsonProcessingException chatter) {
            return null;
        }
    }

    private long cpuNanos() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .map(handle -> handle.info().totalCpuDuration().orElse(Duration.ZERO))
                .mapToLong(Duration::toNanos)
                .sum();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
