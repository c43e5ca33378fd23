// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import java.io.IOException;
import java.util.Locale;

/**
 * What a process holds after full collections.
 *
 * @param jobClassLoaders class loaders of jobs that are alive
 * @param residentBytes memory in RAM, that of native code included; 0 where the system does not tell
 */
record ProcessSize(long jobClassLoaders, long metaspaceBytes, long threads, long residentBytes) {
    static ProcessSize of(JavaProcess process) throws IOException, InterruptedException {
        // The second frees what the first one's cleaners let go.
        process.tool("jcmd", "GC.run");
        process.tool("jcmd", "GC.run");
        long loaders = process.tool("jcmd", "VM.classloader_stats")
                .lines()
                .filter(line -> line.contains("ChildFirstClassLoader"))
                .count();
        return new ProcessSize(
                loaders,
                metaspace(process.tool("jstat", "-gc")),
                process.status("Threads"),
                process.status("VmRSS") << 10);
    }

    /** The column MU, in KiB. */
    private static long metaspace(String table) {
        String[] lines = table.strip().split("\n", -1);
        String[] names = lines[0].strip().split("\\s+", -1);
        String[] values = lines[1].strip().split("\\s+", -1);
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals("MU")) {
                return Math.round(Double.parseDouble(values[i]) * 1024);
            }
        }
        throw new AssertionError("jstat shows no metaspace: " + table);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d job class loaders, metaspace %.1f MB, %d threads, resident %d MB",
                jobClassLoaders,
                metaspaceBytes / 1048576.0,
                threads,
                residentBytes >> 20);
    }
}
