// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Ends the test run in failure when a test was skipped without saying why, and prints the reasons of the others.
 *
 * <p>The launcher swallows what a {@link TestExecutionListener} throws, but not what is thrown when the session closes.
 */
public final class SkippedTestsNeedAReason implements LauncherSessionListener, TestExecutionListener {
    private final List<String> unexplained = new CopyOnWriteArrayList<>();

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        session.getLauncher().registerTestExecutionListeners(this);
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        note(test.getDisplayName(), reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            note(
                    test.getDisplayName(),
                    result.getThrowable().map(Throwable::getMessage).orElse(""));
        }
    }

    private void note(String test, String reason) {
        if (isStated(reason)) {
            System.err.println("skipped " + test + ": " + reason);
        } else {
            unexplained.add(test);
        }
    }

    /** False for what JUnit itself says where a test says nothing. */
    static boolean isStated(String reason) {
        String own = reason == null ? "" : reason.replaceFirst("^Assumption failed:?\\s*", "");
        return !own.isBlank()
                && !own.matches("(?s).* is @Disabled")
                && !own.matches("assumption is not (true|false)")
                // AssertJ's words without as("…"), which would stand in brackets
                && !own.matches("(?s)assumption was not met due to:\\s*[^\\s\\[].*");
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (!unexplained.isEmpty()) {
            throw new IllegalStateException(
                    "tests were skipped without a stated reason, give them one or let them run: " + unexplained);
        }
    }
}
