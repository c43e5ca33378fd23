// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.console.InputException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Reads settings of the job from the command line. */
public final class SettingsOption {
    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "A setting of the job, e.g. rerank.timeout=2s; wins over the configuration file. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    public Map<String, String> map() {
        return set;
    }

    /**
     * Returns the settings for a command that starts a Kafka of its own.
     *
     * @param who the command, with which the message begins
     * @throws InputException where they name another Kafka
     */
    public Map<String, String> withoutKafka(String who) {
        if (set.containsKey(LocalJob.BOOTSTRAP_SERVERS)) {
            throw new InputException(who + " brings its own Kafka; for yours: ./streamrank run --set "
                    + LocalJob.BOOTSTRAP_SERVERS + "=…");
        }
        return set;
    }
}
