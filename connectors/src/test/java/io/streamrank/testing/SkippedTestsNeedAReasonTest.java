// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestIdentifier;

class SkippedTestsNeedAReasonTest {
    private final SkippedTestsNeedAReason listener = new SkippedTestsNeedAReason();

    @Test
    void isRegisteredInEveryTestRun() {
        assertThat(ServiceLoader.load(LauncherSessionListener.class))
                .hasAtLeastOneElementOfType(SkippedTestsNeedAReason.class);
    }

    @Test
    void endsTheRunInFailureWhenATestSaysNothing() {
        listener.executionSkipped(test("quiet"), "void Some.quiet() is @Disabled");
        listener.executionFinished(test("absent"), aborted("Assumption failed: assumption is not true"));

        assertThatThrownBy(() -> listener.launcherSessionClosed(null)).hasMessageContaining("[quiet, absent]");
    }

    @Test
    void letsTheRunPassWhenEachTestSaysWhy() {
        listener.executionSkipped(test("one"), "no engine on this machine");
        listener.executionFinished(test("two"), aborted("Assumption failed: no engine on this machine"));
        listener.executionFinished(test("three"), TestExecutionResult.failed(new AssertionError()));

        listener.launcherSessionClosed(null);
    }

    @TestFactory
    Stream<DynamicTest> takesWhatJunitSaysItselfForNoReason() {
        String assertj =
                catchThrowable(() -> Assumptions.assumeThat(1).isEqualTo(2)).getMessage();
        return Stream.of(
                        "",
                        " ",
                        "class Some is @Disabled",
                        "Assumption failed",
                        "Assumption failed: assumption is not true",
                        "Assumption failed: assumption is not false",
                        assertj)
                .map(reason -> dynamicTest(
                        "reason " + reason,
                        () -> assertThat(SkippedTestsNeedAReason.isStated(reason))
                                .isFalse()));
    }

    @Test
    void takesADescribedAssumptionForAReason() {
        Throwable described = catchThrowable(
                () -> Assumptions.assumeThat(1).as("a Docker engine is here").isEqualTo(2));

        assertThat(SkippedTestsNeedAReason.isStated(described.getMessage())).isTrue();
    }

    private static TestExecutionResult aborted(String message) {
        return TestExecutionResult.aborted(catchThrowable(() -> org.junit.jupiter.api.Assumptions.abort(message)));
    }

    private static TestIdentifier test(String name) {
        return TestIdentifier.from(
                new AbstractTestDescriptor(UniqueId.forEngine("own").append("test", name), name) {
                    @Override
                    public TestDescriptor.Type getType() {
                        return TestDescriptor.Type.TEST;
                    }
                });
    }
}
