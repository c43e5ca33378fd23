// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.report;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.streamrank.testing.HouseRules;

/** The launcher is below the two commands of this module, and their report below them. */
@AnalyzeClasses(packages = "io.streamrank", importOptions = HouseRules.MainCode.class)
class LayeringTest {
    @ArchTest
    static final ArchTests houseRules = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule nobodyBelowKnowsEvaluationAndBenchmark = noClasses()
            .that()
            .resideOutsideOfPackages("io.streamrank.evaluation..", "io.streamrank.benchmark..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.streamrank.evaluation..", "io.streamrank.benchmark..")
            .because("the launcher finds their commands by ServiceLoader, and the report takes any model");

    @ArchTest
    static final ArchRule theLauncherAndTheJobWriteNoReports = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.streamrank.evaluation..", "io.streamrank.benchmark..", "io.streamrank.report..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.streamrank.report..");

    @ArchTest
    static final ArchRule theEvaluationKnowsNoBenchmark = noClasses()
            .that()
            .resideInAPackage("io.streamrank.evaluation..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.streamrank.benchmark..");

    @ArchTest
    static final ArchRule onlyTheSearchSweepAndTheSparseIndexKnowLucene = noClasses()
            .that()
            .resideOutsideOfPackages("io.streamrank.benchmark.search..", "io.streamrank.retrieval.sparse..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.lucene..");
}
