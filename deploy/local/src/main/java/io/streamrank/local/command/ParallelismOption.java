// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import picocli.CommandLine.Option;

/** Reads from the command line the job's parallelism in this process. */
public final class ParallelismOption {
    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Parallelism of every step. Default: the number of cores.")
    private int parallelism = Runtime.getRuntime().availableProcessors();

    /**
     * Returns the parallelism.
     *
     * @throws InputException where it is less than 1
     */
    public int checked() {
        return OptionChecks.requirePositive("--parallelism", parallelism);
    }
}
