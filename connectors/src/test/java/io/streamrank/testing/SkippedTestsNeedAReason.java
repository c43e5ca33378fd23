// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Ends the test run in failure when a test was skipped without saying why, and prints the reasons of the others. */
public final class SkippedTestsNeedAReason implements TestExecutionListener {
    private final List<String> unexplained = new CopyOnWriteArrayList<>();

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        note(test, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            note(test, result.getThrowable().map(Throwable::getMessage).orElse(""));
        }
    }

    private void note(TestIdentifier test, String reason) {
        String stated =
                reason == null ? "" : reason.replace("Assumption failed", "").replaceFirst("^:\\s*", "");
        if (stated.isBlank() || stated.contains("is @Disabled") || stated.contains("assumption is not")) {
            unexplained.add(test.getDisplayName());
        } else {
            System.err.println("skipped " + test.getDisplayName() + ": " + stated);
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (!unexplained.isEmpty()) {
            throw new IllegalStateException("tests were skipped without a stated reason: " + unexplained);
        }
    }
}
