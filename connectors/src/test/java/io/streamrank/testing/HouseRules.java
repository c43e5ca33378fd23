// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds the rules for the code of every module. A module's {@code LayeringTest} includes them by {@code ArchTests.in} and
 * imports by {@link MainCode}. Nothing here is frozen: a violation is mended, not listed.
 */
public final class HouseRules {
    private static final int MAX_FILES_A_PACKAGE = 25;

    private HouseRules() {}

    /** Leaves out tests, and the test jars of other modules. */
    public static final class MainCode implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }

    @ArchTest
    public static final ArchRule nothingUsesFlinksLegacyInterfaces = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..legacy..")
            .because("they will go; use the source and sink interfaces of FLIP-27 and FLIP-143");

    @ArchTest
    public static final ArchRule nothingLogsThroughTheJdk = noClasses()
            .should()
            .callMethodWhere(targetOwner(assignableTo("java.util.logging.Logger"))
                    .and(target(nameMatching("log\\w*|severe|warning|info|config|fine\\w*|entering|exiting|throwing"))))
            .because("SLF4J is used; how much a library logs may be set");

    @ArchTest
    public static final ArchRule packagesHaveNoCycles =
            slices().matching("io.streamrank.(**)").should().beFreeOfCycles();

    @ArchTest
    public static void packagesAreSmall(JavaClasses classes) {
        Map<String, Collection<String>> tooLarge = filesBy(JavaClass::getPackageName, classes.stream());
        tooLarge.values().removeIf(files -> files.size() <= MAX_FILES_A_PACKAGE);
        check(tooLarge, "A package is one subject in at most " + MAX_FILES_A_PACKAGE + " files; split these");
    }

    @ArchTest
    public static void noTwoClassesHaveTheSameName(JavaClasses classes) {
        Map<String, Collection<String>> shared = filesBy(
                JavaClass::getSimpleName,
                classes.stream().filter(type -> !type.getSimpleName().equals("package-info")));
        shared.values().removeIf(files -> files.size() == 1);
        check(shared, "A name stands for one class; rename all but one of these");
    }

    private static Map<String, Collection<String>> filesBy(Function<JavaClass, String> key, Stream<JavaClass> classes) {
        return classes.filter(JavaClass::isTopLevelClass)
                .collect(groupingBy(
                        key, TreeMap::new, mapping(JavaClass::getName, toCollection(() -> new TreeSet<String>()))));
    }

    private static void check(Map<String, Collection<String>> violations, String advice) {
        if (!violations.isEmpty()) {
            throw new AssertionError(violations.entrySet().stream()
                    .map(each -> each.getKey() + " (" + each.getValue().size() + "): " + each.getValue())
                    .collect(Collectors.joining("\n", advice + ":\n", "")));
        }
    }
}
