// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.streamrank.testing.HouseRules;

/** Arrows point downwards, from the commands to the console. */
@AnalyzeClasses(packages = "io.streamrank.local", importOptions = HouseRules.MainCode.class)
class LayeringTest {
    @ArchTest
    static final ArchTests houseRules = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule commandsAreOnTopAndTheConsoleKnowsNobody = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.streamrank.local..")
            .layer("launcher")
            .definedBy("io.streamrank.local")
            .layer("command")
            .definedBy("io.streamrank.local.command..")
            .layer("demo")
            .definedBy("io.streamrank.local.demo..")
            .layer("cluster")
            .definedBy("io.streamrank.local.cluster..")
            .layer("store")
            .definedBy("io.streamrank.local.store..")
            .layer("client")
            .definedBy("io.streamrank.local.client..")
            .layer("corpus")
            .definedBy("io.streamrank.local.corpus..")
            .layer("data")
            .definedBy("io.streamrank.local.data..")
            .layer("console")
            .definedBy("io.streamrank.local.console..")
            .whereLayer("launcher")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("command")
            .mayOnlyBeAccessedByLayers("launcher")
            .whereLayer("demo")
            .mayOnlyBeAccessedByLayers("command")
            .whereLayer("cluster")
            .mayOnlyBeAccessedByLayers("demo", "command")
            .whereLayer("store")
            .mayOnlyBeAccessedByLayers("command")
            .whereLayer("client")
            .mayOnlyBeAccessedByLayers("cluster", "demo", "command", "store")
            .whereLayer("corpus")
            .mayOnlyBeAccessedByLayers("demo", "command")
            .whereLayer("data")
            .mayOnlyBeAccessedByLayers("client", "demo", "command", "store")
            .whereLayer("console")
            .mayNotAccessAnyLayer();
}
