// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

/** Names the exit codes of the launcher's process, for scripts. */
public final class ExitCode {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int WRONG_INPUT = 2;

    /** Everything was done but for records that could not be used. */
    public static final int SOME_REFUSED = 3;

    /** By Ctrl-C or kill before it was done; as shells have it. */
    public static final int STOPPED = 130;

    private ExitCode() {}
}
