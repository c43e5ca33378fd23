// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * What a process holds after full collections.
 *
 * @param jobClassLoaders class loaders of jobs that are alive
 * @param heapBytes objects that are alive
 * @param residentBytes memory in RAM, that of native code included; 0 where the system does not tell
 */
public record ProcessSize(long jobClassLoaders, long heapBytes, long metaspaceBytes, long threads, long residentBytes) {
    public static ProcessSize of(JavaProcess process) throws IOException, InterruptedException {
        // The second frees what the first one's cleaners let go.
        process.tool("jcmd", "GC.run");
        process.tool("jcmd", "GC.run");
        long loaders = process.tool("jcmd", "VM.classloader_stats")
                .lines()
                .filter(line -> line.contains("ChildFirstClassLoader"))
                .count();
        String table = process.tool("jstat", "-gc");
        return new ProcessSize(
                loaders,
                used(table, "S0U") + used(table, "S1U") + used(table, "EU") + used(table, "OU"),
                used(table, "MU"),
                process.status("Threads"),
                process.status("VmRSS") << 10);
    }

    /** A column of jstat's, which are in KiB. */
    private static long used(String table, String column) {
        String[] lines = table.strip().split("\n", -1);
        List<String> names = List.of(lines[0].strip().split("\\s+", -1));
        String[] values = lines[1].strip().split("\\s+", -1);
        return Math.round(Double.parseDouble(values[names.indexOf(column)]) * 1024);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d job class loaders, heap %d MB, metaspace %.1f MB, %d threads, resident %d MB",
                jobClassLoaders,
                heapBytes >> 20,
                metaspaceBytes / 1048576.0,
                threads,
                residentBytes >> 20);
    }
}
