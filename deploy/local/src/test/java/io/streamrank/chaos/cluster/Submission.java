// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@code flink run -d} in a process of its own.
 *
 * @param savepoint to start from, or null for none
 */
public record Submission(
        Path jar,
        List<String> arguments,
        int parallelism,
        @Nullable String savepoint) {
    private static final Pattern SUBMITTED = Pattern.compile("submitted with JobID ([0-9a-f]{32})");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** Returns the job's id when the cluster has accepted it. */
    public String submit(JvmStart jvm, List<Path> classPath, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("org.apache.flink.client.cli.CliFrontend", "run", "-d", "-p", Integer.toString(parallelism)));
        if (savepoint != null) {
            command.addAll(List.of("-s", savepoint));
        }
        command.add(jar.toString());
        command.addAll(arguments);
        String name = "flink-run-" + NUMBER.incrementAndGet();
        try (JavaProcess run = jvm.start(name, classPath, options, command)) {
            run.awaitEnd(FlinkRest.PATIENCE);
        }
        String said = Files.readString(jvm.log(name));
        Matcher submitted = SUBMITTED.matcher(said);
        if (!submitted.find()) {
            throw new IOException("flink run submitted nothing; it says why in " + jvm.log(name));
        }
        return submitted.group(1);
    }
}
