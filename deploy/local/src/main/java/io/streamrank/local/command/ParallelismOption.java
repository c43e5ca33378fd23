// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import picocli.CommandLine.Option;

/** How wide the job runs in this process, on the command line. */
public final class ParallelismOption {
    @Option(names = "--parallelism", paramLabel = "N", description = "Of every step; else the number of cores.")
    private int parallelism = Runtime.getRuntime().availableProcessors();

    /**
     * The parallelism.
     *
     * @throws InputException where it is less than 1
     */
    public int checked() {
        return OptionChecks.requirePositive("--parallelism", parallelism);
    }
}
