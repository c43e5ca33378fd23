// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.config.JobConfig;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Query;
import io.streamrank.event.RawRecord;
import io.streamrank.event.TopicExtent;
import io.streamrank.operator.corpus.CorpusPlacement;
import io.streamrank.state.AdmittedDocument;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusTopic;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.PartitionProgress;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.FakeWords;
import io.streamrank.testing.Mailbox;
import io.streamrank.testing.TestModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.CompositeType;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Holds that what travels between operators, and what a savepoint names, is in {@code state} or {@code event}: Flink finds
 * these classes by their names when it restores, so they never move.
 */
@Timeout(120)
class StateTypesTest {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(1)
            .build());

    private static final Pattern OURS = Pattern.compile("io\\.streamrank\\.[\\w.$]+");
    private static final Pattern STATE_OR_EVENT = Pattern.compile("io\\.streamrank\\.(state|event)\\.[\\w$]+");

    @ParameterizedTest
    @EnumSource(CorpusPlacement.class)
    void whatTravelsBetweenOperatorsIsInStateAndEvent(CorpusPlacement placement) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        RerankJob.Outputs out = RerankJob.define(
                env,
                new Mailbox().source(),
                new Mailbox().source(),
                new TopicExtent("documents", Map.of(), Map.of()),
                TestModels.models(),
                JobConfig.of(
                        Map.of(
                                "kafka.bootstrap-servers",
                                "unused:9092",
                                "corpus.placement",
                                placement.name().toLowerCase(Locale.ROOT)),
                        Map.of()));

        Set<String> travelling = Stream.of(out.results(), out.deadLetters())
                .flatMap(stream -> stream.getTransformation().getTransitivePredecessors().stream())
                .map(Transformation::getOutputType)
                .flatMap(StateTypesTest::classes)
                .map(Class::getName)
                .filter(name -> name.startsWith("io.streamrank."))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(travelling).contains(names(RawRecord.class, DocumentChange.class, Candidates.class, Document.class));
        assertThat(travelling).allMatch(name -> STATE_OR_EVENT.matcher(name).matches());
    }

    /** A type and all that it is made of. */
    private static Stream<Class<?>> classes(TypeInformation<?> type) {
        Stream<TypeInformation<?>> fields = type instanceof CompositeType<?> composite
                ? Stream.of(composite.getFieldNames()).map(composite::getTypeAt)
                : Stream.empty();
        return Stream.concat(
                Stream.of(type.getTypeClass()),
                Stream.concat(fields, type.getGenericParameters().values().stream())
                        .flatMap(StateTypesTest::classes));
    }

    @Test
    void whatASavepointNamesIsInStateAndEvent(@TempDir Path folder) throws Exception {
        try (LiveJob job = new LiveJob(TestModels.models(), "apple")) {
            job.ask("answered", "'query':'apple'");
            assertThat(job.answer("answered").results()).hasSize(1);
            job.ask("in-flight", "'query':'apple','documents':['HANG']");
            FakeWords.awaitHang();

            job.savepoint(folder);
        } finally {
            FakeWords.release();
        }

        Set<String> named = named(folder);
        assertThat(named)
                .contains(names(
                        AdmittedDocument.class,
                        Candidates.class,
                        CorpusEntry.class,
                        CorpusTopic.class,
                        DocumentChange.class,
                        DocumentKey.class,
                        EmbeddedQuery.class,
                        PartitionProgress.class,
                        Query.class,
                        TextTemplate.class));
        assertThat(named).allMatch(name -> STATE_OR_EVENT.matcher(name).matches());
    }

    private static Set<String> named(Path savepoint) throws IOException {
        try (Stream<Path> files = Files.walk(savepoint)) {
            return files.filter(Files::isRegularFile)
                    .map(StateTypesTest::text)
                    .flatMap(text -> OURS.matcher(text).results())
                    .map(MatchResult::group)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] names(Class<?>... classes) {
        return Arrays.stream(classes).map(Class::getName).toArray(String[]::new);
    }
}
