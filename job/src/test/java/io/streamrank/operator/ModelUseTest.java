// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.event.DegradedReason;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.ModelOutOfReachException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.testing.HashingEmbedder;
import io.streamrank.testing.OverlapCrossEncoder;
import java.io.IOException;
import java.net.URL;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.util.MockStreamingRuntimeContext;
import org.apache.flink.util.FlinkUserCodeClassLoaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelUseTest {
    private static final Models MODELS = new Models(
            new Refusing("any"), OverlapCrossEncoder.factory(), BatchPolicy.defaults(), BatchPolicy.defaults());

    private static final Models LOADED = new Models(
            HashingEmbedder.factory(), OverlapCrossEncoder.factory(), BatchPolicy.defaults(), BatchPolicy.defaults());

    @ParameterizedTest
    @CsvSource({
        "'', 0, any",
        "2, 0, gpu 2",
        "2, 3, gpu 2",
        "'1,0,4', 0, gpu 0",
        "'1,0,4', 2, gpu 4",
        "'1,0,4', 4, gpu 1"
    })
    void modelsAreOnTheGpuThatFlinkGives(String gpus, int subtask, String opened) {
        assertThatThrownBy(() -> ModelUse.openEmbedder(MODELS, new Context(gpus, subtask)))
                .isInstanceOf(SuppressRestartsException.class)
                .hasRootCauseMessage(opened);
    }

    @Test
    void whatIsOutOfReachForNowIsLeftToTheRestartStrategy() {
        ModelFactory<Embedder> busy = new OutOfReach("any");
        Models models = new Models(busy, OverlapCrossEncoder.factory(), BatchPolicy.defaults(), BatchPolicy.defaults());
        assertThatThrownBy(() -> ModelUse.openEmbedder(models, new Context("", 0)))
                .isNotInstanceOf(SuppressRestartsException.class)
                .hasRootCauseMessage("the hub is busy");
    }

    @Test
    void aModelWhoseFilesCannotBeFoundEndsTheJobBeforeItIsOpened() {
        assertThatThrownBy(() -> ModelUse.embedderFingerprint(MODELS))
                .isInstanceOf(SuppressRestartsException.class)
                .hasRootCauseMessage("any");
    }

    @Test
    void filesThatAreOutOfReachForNowAreLeftToTheRestartStrategy() {
        ModelFactory<Embedder> busy = new OutOfReach("any");
        Models models = new Models(busy, OverlapCrossEncoder.factory(), BatchPolicy.defaults(), BatchPolicy.defaults());
        assertThatThrownBy(() -> ModelUse.embedderFingerprint(models))
                .isNotInstanceOf(SuppressRestartsException.class)
                .hasRootCauseMessage("the hub is busy");
    }

    @Test
    void aRestartedTaskFindsItsModelOpenUntilTheJobLeaves() {
        int before = OverlapCrossEncoder.OPEN.get();
        OfAJob context = new OfAJob();
        ModelUse.close(ModelUse.openCascade(LOADED, context));
        assertThat(OverlapCrossEncoder.OPEN).hasValue(before + 1);
        ModelUse.close(ModelUse.openCascade(LOADED, context));
        assertThat(OverlapCrossEncoder.OPEN).hasValue(before + 1);

        context.hooks.values().forEach(Runnable::run);
        assertThat(OverlapCrossEncoder.OPEN).hasValue(before);
    }

    @Test
    void withoutAClassLoaderOfTheJobModelsAreClosedWithTheirLastUse() {
        int before = OverlapCrossEncoder.OPEN.get();
        ModelUse.close(ModelUse.openCascade(LOADED, new Context("", 0)));
        assertThat(OverlapCrossEncoder.OPEN).hasValue(before);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void everyFailureOfAModelIsAReasonForADegradedAnswer(Throwable failure, DegradedReason reason) {
        assertThat(DegradedReasons.of(failure)).isEqualTo(reason);
        assertThat(DegradedReasons.of(new CompletionException(failure))).isEqualTo(reason);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new DeadlineExceededException("late"), DegradedReason.TIMEOUT),
                Arguments.of(new TimeoutException(), DegradedReason.TIMEOUT),
                Arguments.of(new OverloadException("too much"), DegradedReason.OVERLOAD),
                Arguments.of(new InferenceException("it threw"), DegradedReason.MODEL_ERROR),
                Arguments.of(new IllegalStateException("anything else"), DegradedReason.MODEL_ERROR));
    }

    private record OutOfReach(String key) implements ModelFactory<Embedder> {
        @Override
        public Embedder open() throws ModelException {
            throw new ModelOutOfReachException("later", new IOException("the hub is busy"));
        }

        @Override
        public String fingerprint() throws ModelException {
            throw new ModelOutOfReachException("later", new IOException("the hub is busy"));
        }
    }

    private record Refusing(String key) implements ModelFactory<Embedder> {
        @Override
        public Embedder open() throws ModelException {
            throw new ModelException(key);
        }

        @Override
        public String fingerprint() throws ModelException {
            throw new ModelException(key);
        }

        @Override
        public ModelFactory<Embedder> on(int gpu) {
            return new Refusing("gpu " + gpu);
        }
    }

    /** Has a class loader of its own, as a job that was submitted to a cluster does. */
    private static final class OfAJob extends MockStreamingRuntimeContext {
        private final ClassLoader loader = FlinkUserCodeClassLoaders.parentFirst(
                new URL[0], ModelUseTest.class.getClassLoader(), failure -> {}, false);
        private final Map<String, Runnable> hooks = new HashMap<>();

        OfAJob() {
            super(1, 0);
        }

        @Override
        public ClassLoader getUserCodeClassLoader() {
            return loader;
        }

        @Override
        public void registerUserCodeClassLoaderReleaseHookIfAbsent(String name, Runnable hook) {
            hooks.putIfAbsent(name, hook);
        }
    }

    private static final class Context extends MockStreamingRuntimeContext {
        private final String gpus;

        Context(String gpus, int subtask) {
            super(8, subtask);
            this.gpus = gpus;
        }

        @Override
        public Set<ExternalResourceInfo> getExternalResourceInfos(String resource) {
            assertThat(resource).isEqualTo("gpu");
            Set<ExternalResourceInfo> infos = new LinkedHashSet<>();
            if (!gpus.isEmpty()) {
                List.of(gpus.split(",", -1)).forEach(index -> infos.add(new Gpu(index)));
            }
            return infos;
        }
    }

    private record Gpu(String index) implements ExternalResourceInfo {
        @Override
        public Optional<String> getProperty(String key) {
            return key.equals("index") ? Optional.of(index) : Optional.empty();
        }

        @Override
        public Collection<String> getKeys() {
            return List.of("index");
        }
    }
}
