// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.streamrank.testing.HouseRules;
import org.junit.jupiter.api.Test;

/** Holds that arrows point inwards, from the server to the queries, and that the gateway runs without Flink. */
@AnalyzeClasses(packages = "io.streamrank.gateway", importOptions = HouseRules.MainCode.class)
class LayeringTest {
    @ArchTest
    static final ArchTests houseRules = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule theServerIsOnTopAndQueriesKnowNobody = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.streamrank.gateway..")
            .layer("gateway")
            .definedBy("io.streamrank.gateway")
            .layer("http")
            .definedBy("io.streamrank.gateway.http..")
            .layer("kafka")
            .definedBy("io.streamrank.gateway.kafka..")
            .layer("api")
            .definedBy("io.streamrank.gateway.api..")
            .layer("document")
            .definedBy("io.streamrank.gateway.document..")
            .layer("metrics")
            .definedBy("io.streamrank.gateway.metrics..")
            .layer("query")
            .definedBy("io.streamrank.gateway.query..")
            .whereLayer("gateway")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("gateway")
            .whereLayer("kafka")
            .mayOnlyBeAccessedByLayers("gateway")
            .whereLayer("api")
            .mayOnlyBeAccessedByLayers("http")
            .whereLayer("document")
            .mayOnlyBeAccessedByLayers("gateway", "http", "kafka")
            .whereLayer("metrics")
            .mayOnlyBeAccessedByLayers("gateway", "http")
            .whereLayer("query")
            .mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule onlyTheKafkaPackageKnowsKafka = noClasses()
            .that()
            .resideOutsideOfPackage("io.streamrank.gateway.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..")
            .because("everything else is tested without a broker");

    @ArchTest
    static final ArchRule onlyTheHttpPackageKnowsTheServer = noClasses()
            .that()
            .resideOutsideOfPackage("io.streamrank.gateway.http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..");

    @ArchTest
    static final ArchRule nothingUsesFlink = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "io.streamrank.kafka..", "io.streamrank.operator..")
            .because("the gateway is a process of its own, next to any Flink");

    @Test
    void flinkIsNotOnTheClassPath() {
        ClassLoader loader = LayeringTest.class.getClassLoader();

        assertThat(loader.getResource("org/apache/flink/api/common/JobID.class"))
                .isNull();
        assertThat(loader.getResource("org/apache/flink/connector/kafka/sink/KafkaSink.class"))
                .isNull();
        assertThat(loader.getResource("io/streamrank/codec/QueryCodec.class")).isNotNull();
    }
}
