// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config.option;

import java.util.List;

/** A configuration that the job refuses, with everything that is wrong about it. */
public final class ConfigException extends IllegalArgumentException {
    private final List<String> problems;

    /** @param problems one sentence each, at least one */
    public ConfigException(List<String> problems) {
        super((problems.size() == 1
                        ? "The configuration has a problem:"
                        : "The configuration has " + problems.size() + " problems:")
                + "\n- "
                + String.join("\n- ", problems));
        this.problems = List.copyOf(problems);
    }

    public static ConfigException of(String problem) {
        return new ConfigException(List.of(problem));
    }

    /** One sentence each. None holds a secret. */
    public List<String> problems() {
        return problems;
    }
}
