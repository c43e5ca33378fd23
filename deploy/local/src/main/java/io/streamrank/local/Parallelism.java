// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import picocli.CommandLine.Option;

/** How wide the job runs in this process, on the command line. */
final class Parallelism {
    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Parallelism of every step. Default: the number of cores.")
    private int parallelism = Runtime.getRuntime().availableProcessors();

    /**
     * The parallelism.
     *
     * @throws InputException where it is less than 1
     */
    int checked() {
        return Numbers.requirePositive("--parallelism", parallelism);
    }
}
