// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import java.nio.file.Path;

/** Finds the directory where the launcher keeps what it may need again. */
public final class CacheDirectory {
    private CacheDirectory() {}

    /** Returns the directory that the start script chose. */
    public static Path path() {
        return Path.of(System.getProperty("streamrank.cache", System.getProperty("user.home") + "/.cache/streamrank"));
    }
}
