// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.architecture;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.ReferencedClassObject;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.streamrank.operator.SystemTime;
import io.streamrank.testing.HouseRules;
import org.apache.flink.api.common.state.StateDescriptor;

/** Holds that arrows point inwards, and who may enter which room. */
@AnalyzeClasses(packages = "io.streamrank", importOptions = HouseRules.MainCode.class)
class LayeringTest {
    @ArchTest
    static final ArchTests houseRules = ArchTests.in(HouseRules.class);

    @ArchTest
    static final ArchRule retrievalAndInferenceKnowNoFlinkAndNoKafka = noClasses()
            .that()
            .resideInAnyPackage("io.streamrank.retrieval..", "io.streamrank.inference..")
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
    static final ArchRule onlyTheSparseIndexKnowsLucene = noClasses()
            .that()
            .resideOutsideOfPackage("io.streamrank.retrieval.sparse..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.lucene..")
            .because("it takes terms from Lucene and nothing else");

    @ArchTest
    static final ArchRule ofLuceneTheSparseIndexKnowsTheAnalyzers = noClasses()
            .that()
            .resideInAPackage("io.streamrank.retrieval.sparse..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.lucene.index..",
                    "org.apache.lucene.search..",
                    "org.apache.lucene.store..",
                    "org.apache.lucene.codecs..")
            .because("an index of Lucene counts deleted documents, see docs/adr/0010");

    @ArchTest
    static final ArchRule modelsWordsKnowOnlyTheJdk = noClasses()
            .that()
            .resideInAPackage("io.streamrank.inference.model..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("io.streamrank.inference.model..", "java..", "org.jspecify..")
            .because("everybody speaks of models in these words");

    @ArchTest
    static final ArchRule aModelsFilesKnowNoEngine = noClasses()
            .that()
            .resideInAPackage("io.streamrank.inference.repository..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.streamrank.inference.onnx..",
                    "io.streamrank.inference.batching..",
                    "io.streamrank.inference.workers..",
                    "io.streamrank.inference.pairs..")
            .because("files are found and checked before anything runs them");

    @ArchTest
    static final ArchRule theEngineIsUsedThroughItsFrontDoor = noClasses()
            .that()
            .resideOutsideOfPackage("io.streamrank.inference..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.streamrank.inference.batching..",
                    "io.streamrank.inference.workers..",
                    "io.streamrank.inference.pairs..")
            .because("EmbeddingService, RerankingService and Cascade are what it offers");

    @ArchTest
    static final ArchRule connectorsKnowNoModel = noClasses()
            .that()
            .resideInAnyPackage("io.streamrank.event..", "io.streamrank.codec..", "io.streamrank.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.streamrank.inference..",
                    "io.streamrank.retrieval..",
                    "io.streamrank.state..",
                    "io.streamrank.operator..",
                    "io.streamrank.config..");

    @ArchTest
    static final ArchRule retrievalInferenceAndStateKnowNoOperator = noClasses()
            .that()
            .resideInAnyPackage("io.streamrank.inference..", "io.streamrank.retrieval..", "io.streamrank.state..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.streamrank.operator..", "io.streamrank.config..");

    @ArchTest
    static final ArchRule stateKnowsOnlyEvents = noClasses()
            .that()
            .resideInAPackage("io.streamrank.state..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "io.streamrank.state..",
                    "io.streamrank.event..",
                    "java..",
                    "org.jspecify..",
                    "org.apache.flink.types..",
                    "org.apache.flink.core.memory..")
            .because("a savepoint names these types and all that they are made of; of Flink a type that writes itself"
                    + " implements an interface");

    @ArchTest
    static final ArchRule operatorsReadNoConfiguration = noClasses()
            .that()
            .resideInAPackage("io.streamrank.operator..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.streamrank.config..")
            .because("each function receives only its own record");

    @ArchTest
    static final ArchRule documentsAndQueriesDoNotKnowEachOther = noClasses()
            .that()
            .resideInAPackage("io.streamrank.operator.document..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.streamrank.operator.query..");

    @ArchTest
    static final ArchRule queriesAndDocumentsDoNotKnowEachOther = noClasses()
            .that()
            .resideInAPackage("io.streamrank.operator.query..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.streamrank.operator.document..");

    @ArchTest
    static final ArchRule operatorsAskOneClassForTheTime = noClasses()
            .that()
            .resideInAPackage("io.streamrank.operator..")
            .and()
            .doNotBelongToAnyOf(SystemTime.class)
            .should()
            .accessTargetWhere(targetOwner(type(System.class)).and(target(nameMatching("nanoTime|currentTimeMillis"))))
            .because("tests drive the time: take Flink's ProcessingTimeService, or a Clock that SystemTime is");

    /** StateTypesTest looks at what a savepoint holds; this one finds what no savepoint in a test happens to hold. */
    @ArchTest
    static final ArchRule statesHoldWhatIsInStateAndEvent = classes()
            .that()
            .resideInAPackage("io.streamrank.operator..")
            .should(describeStatesBy(resideInAnyPackage("io.streamrank.state", "io.streamrank.event", "java..")));

    private static ArchCondition<JavaClass> describeStatesBy(DescribedPredicate<JavaClass> allowed) {
        return new ArchCondition<>("name in state descriptors only types that " + allowed.getDescription()) {
            @Override
            public void check(JavaClass operator, ConditionEvents events) {
                for (JavaCodeUnit code : operator.getCodeUnits()) {
                    boolean describes = code.getConstructorCallsFromSelf().stream()
                            .anyMatch(call -> call.getTargetOwner().isAssignableTo(StateDescriptor.class));
                    for (ReferencedClassObject named : code.getReferencedClassObjects()) {
                        if (describes && !allowed.test(named.getRawType())) {
                            events.add(SimpleConditionEvent.violated(
                                    operator, named.getRawType().getName() + " in " + code.getFullName()));
                        }
                    }
                }
            }
        };
    }
}
