// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.net.URI;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HouseRulesTest {
    @Test
    void aLargePackageIsNamedWithItsFiles() {
        JavaClasses large = new ClassFileImporter().importPackages("com.tngtech.archunit.core.domain");

        assertThatThrownBy(() -> HouseRules.packagesAreSmall(large))
                .hasMessageStartingWith(
                        "A package is one subject in at most 25 files; split these:\ncom.tngtech.archunit.core.domain (")
                .hasMessageContaining("com.tngtech.archunit.core.domain.JavaClass");
    }

    @Test
    void twoClassesOfOneNameAreNamed() {
        JavaClasses dates =
                new ClassFileImporter().importClasses(java.util.Date.class, java.sql.Date.class, List.class);

        assertThatThrownBy(() -> HouseRules.noTwoClassesHaveTheSameName(dates))
                .hasMessage("A name stands for one class; rename all but one of these:\n"
                        + "Date (2): [java.sql.Date, java.util.Date]");
    }

    @Test
    void nestedClassesMayShareAName() {
        JavaClasses entries = new ClassFileImporter()
                .importClasses(java.util.Map.Entry.class, java.util.AbstractMap.SimpleEntry.class);

        assertThatCode(() -> HouseRules.noTwoClassesHaveTheSameName(entries)).doesNotThrowAnyException();
    }

    @Test
    void whoLogsThroughTheJdkIsNamedButNotWhoQuietsALibrary() {
        JavaClasses both = new ClassFileImporter().importClasses(Logs.class, Quiets.class);

        assertThatThrownBy(() -> HouseRules.nothingLogsThroughTheJdk.check(both))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("because SLF4J is used")
                .hasMessageContaining("Logs.said()")
                .hasMessageNotContaining("Quiets");
    }

    static final class Logs {
        static void said() {
            Logger.getLogger("org.example").info("said");
        }
    }

    static final class Quiets {
        static final Logger LIBRARY = Logger.getLogger("org.example");

        static void quiet() {
            LIBRARY.setLevel(Level.SEVERE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "file:/x/target/classes/io/streamrank/A.class, true",
        "file:/x/target/test-classes/io/streamrank/A.class, false",
        "jar:file:/x/streamrank-connectors-0.1.0.jar!/io/streamrank/A.class, true",
        "jar:file:/x/streamrank-connectors-0.1.0-tests.jar!/io/streamrank/A.class, false"
    })
    void testsAreNoMainCode(URI location, boolean included) {
        assertThat(new HouseRules.MainCode().includes(Location.of(location))).isEqualTo(included);
    }
}
