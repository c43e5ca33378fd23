// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Arrows point inwards. Nothing here is frozen: a violation is mended, not listed. */
@AnalyzeClasses(packages = "io.streamrank", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule eventsKnowOnlyTheJdk = noClasses()
            .that()
            .resideInAPackage("io.streamrank.event..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("io.streamrank.event..", "java..", "org.jspecify..")
            .because("the topic contract must be readable without knowing anything else");

    @ArchTest
    static final ArchRule codecsRetrievalAndInferenceKnowNoFlinkAndNoKafka = noClasses()
            .that()
            .resideInAnyPackage("io.streamrank.codec..", "io.streamrank.retrieval..", "io.streamrank.inference..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..")
            .because("they can then be tested, timed and reused without a cluster; put the Flink part in operator");

    @ArchTest
    static final ArchRule onlyTheKafkaPackageKnowsKafka = noClasses()
            .that()
            .resideOutsideOfPackage("io.streamrank.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.apache.flink.connector.kafka..")
            .because("sources, sinks and topics are built in one place: io.streamrank.kafka");

    @ArchTest
    static final ArchRule onlyTheOnnxPackageKnowsDjl = noClasses()
            .that()
            .resideOutsideOfPackage("io.streamrank.inference.onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl..", "ai.onnxruntime..")
            .because("models are used through Embedder and CrossEncoder");

    @ArchTest
    static final ArchRule connectorsKnowNoModel = noClasses()
            .that()
            .resideInAnyPackage("io.streamrank.event..", "io.streamrank.codec..", "io.streamrank.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.streamrank.inference..",
                    "io.streamrank.retrieval..",
                    "io.streamrank.operator..",
                    "io.streamrank.config..");

    @ArchTest
    static final ArchRule retrievalAndInferenceKnowNoOperator = noClasses()
            .that()
            .resideInAnyPackage("io.streamrank.inference..", "io.streamrank.retrieval..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.streamrank.operator..", "io.streamrank.config..");

    @ArchTest
    static final ArchRule operatorsReadNoConfiguration = noClasses()
            .that()
            .resideInAPackage("io.streamrank.operator..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.streamrank.config..")
            .because("each function receives only its own record");

    @ArchTest
    static final ArchRule nothingUsesFlinksLegacyInterfaces = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..legacy..")
            .because("they will go; use the source and sink interfaces of FLIP-27 and FLIP-143");

    @ArchTest
    static final ArchRule nothingLogsThroughTheJdk = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.logging..")
            .because("SLF4J is used");

    @ArchTest
    static final ArchRule eventsAreRecords = classes()
            .that()
            .resideInAPackage("io.streamrank.event")
            .and()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .haveSimpleNameNotEndingWith("package-info")
            .should()
            .beRecords();

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.streamrank.(**)").should().beFreeOfCycles();
}
