// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

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
}
