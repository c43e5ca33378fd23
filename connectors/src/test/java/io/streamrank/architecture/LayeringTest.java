// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.architecture;

import static com.tngtech.archunit.lang.conditions.ArchConditions.beEnums;
import static com.tngtech.archunit.lang.conditions.ArchConditions.beRecords;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.streamrank.event.BlankText;
import io.streamrank.testing.HouseRules;

/** Holds that arrows point inwards: the events know only the JDK, their JSON no Flink, and Kafka is in one package. */
@AnalyzeClasses(packages = "io.streamrank", importOptions = HouseRules.MainCode.class)
class LayeringTest {
    @ArchTest
    static final ArchTests houseRules = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule eventsKnowOnlyTheJdk = noClasses()
            .that()
            .resideInAPackage("io.streamrank.event..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("io.streamrank.event..", "java..", "org.jspecify..")
            .because("the topic contract must be readable without knowing anything else");

    @ArchTest
    static final ArchRule eventsAreRecordsOrEnums = classes()
            .that()
            .resideInAPackage("io.streamrank.event")
            .and()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .haveSimpleNameNotEndingWith("package-info")
            .and()
            .doNotBelongToAnyOf(BlankText.class) // asks about the texts that the records hold
            .should(beRecords().or(beEnums()));

    @ArchTest
    static final ArchRule codecsKnowNoFlinkAndNoKafka = noClasses()
            .that()
            .resideInAPackage("io.streamrank.codec..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..")
            .because("they can then be tested, timed and reused without a cluster");

    @ArchTest
    static final ArchRule onlyTheKafkaPackageKnowsKafka = noClasses()
            .that()
            .resideOutsideOfPackage("io.streamrank.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.apache.flink.connector.kafka..")
            .because("sources, sinks and topics are built in one place: io.streamrank.kafka");
}
