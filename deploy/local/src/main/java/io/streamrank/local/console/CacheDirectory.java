// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import java.nio.file.Path;

/** Where the launcher keeps what it may need again. */
public final class CacheDirectory {
    private CacheDirectory() {}

    /** As the start script chose it. */
    public static Path path() {
        return Path.of(System.getProperty("streamrank.cache", System.getProperty("user.home") + "/.cache/streamrank"));
    }
}
