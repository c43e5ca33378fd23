// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config.option;

import java.util.List;

/** Reports everything that is wrong with a configuration that the job refuses. */
public final class ConfigException extends IllegalArgumentException {
    private final List<String> problems;

    /**
     * Lists the problems in its message.
     *
     * @param problems one sentence each, at least one
     */
    public ConfigException(List<String> problems) {
        super((problems.size() == 1
                        ? "The configuration has a problem:"
                        : "The configuration has " + problems.size() + " problems:")
                + "\n- "
                + String.join("\n- ", problems));
        this.problems = List.copyOf(problems);
    }

    /** Returns an exception with one problem. */
    public static ConfigException of(String problem) {
        return new ConfigException(List.of(problem));
    }

    /** Returns the problems, one sentence each. None holds a secret. */
    public List<String> problems() {
        return problems;
    }
}
