// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.inference.Cascade;
import io.streamrank.inference.Models;
import io.streamrank.inference.OwnVectors;
import io.streamrank.inference.hosted.ReplySpec;
import io.streamrank.inference.hosted.ReplyWriter;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelOutOfReachException;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.service.TextEmbedder;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.MutableURLClassLoader;
import org.jspecify.annotations.Nullable;

/**
 * Opens models for operators. A model that cannot be used ends the job at once, since a restart would not mend it; one
 * that is out of reach for now leaves the job to its restart strategy.
 */
public final class ModelUse {
    /** As Flink's own driver for GPUs names them. */
    private static final String GPU = "gpu";

    private static final String INDEX = "index";

    private ModelUse() {}

    public static TextEmbedder openEmbedder(Models models, RuntimeContext context) {
        keepWhileTheJobIsHere(context);
        return usable(() -> placed(models, context).openEmbedder());
    }

    /** Opens the embedder; null where the job has none, as documents and queries bring their vectors. */
    public static @Nullable TextEmbedder openEmbedderIfAny(Models models, RuntimeContext context) {
        return models.hasEmbedder() ? openEmbedder(models, context) : null;
    }

    /** Returns how many numbers a vector has: those of the embedder, else what the configuration says. */
    public static int dimension(Models models, @Nullable TextEmbedder embedder) {
        if (embedder != null) {
            return embedder.dimension();
        }
        if (models.embedder() instanceof OwnVectors own) {
            return own.dimension();
        }
        throw new IllegalStateException("the embedder is not open");
    }

    public static Cascade openCascade(Models models, RuntimeContext context) {
        keepWhileTheJobIsHere(context);
        return usable(() -> placed(models, context).openCascade());
    }

    public static ReplyWriter openReplyWriter(ReplySpec model) {
        return usable(() -> ReplyWriter.open(model));
    }

    /** Returns what the embedder's {@code info().fingerprint()} will be, from its files alone: no model is opened. */
    public static String embedderFingerprint(Models models) {
        return usable(() -> models.embedderFingerprint());
    }

    /** Asks something of a model. */
    private interface Opener<T> {
        T open() throws ModelException;
    }

    private static <T> T usable(Opener<T> opener) {
        try {
            return opener.open();
        } catch (ModelOutOfReachException forNow) {
            throw new FlinkRuntimeException(forNow);
        } catch (ModelException unusable) {
            throw new SuppressRestartsException(unusable);
        }
    }

    /**
     * Lets a restarted task find its model open. Flink calls back when the job leaves the process, before it closes the job's class
     * loader. Where the job has none of its own, as in the launcher, it may never call back, and models are closed with their last use.
     */
    private static void keepWhileTheJobIsHere(RuntimeContext context) {
        if (!(context.getUserCodeClassLoader() instanceof MutableURLClassLoader)) {
            return;
        }
        String job = context.getJobInfo().getJobId().toString();
        Models.enter(job);
        context.registerUserCodeClassLoaderReleaseHookIfAbsent("streamrank-idle-models", () -> Models.leave(job));
    }

    /** Returns the models on the GPU that Flink gives the slot; where it gives several, subtasks take turns. */
    private static Models placed(Models models, RuntimeContext context) {
        List<Integer> gpus = context.getExternalResourceInfos(GPU).stream()
                .flatMap(info -> info.getProperty(INDEX).stream())
                .map(Integer::valueOf)
                .sorted()
                .toList();
        return gpus.isEmpty()
                ? models
                : models.on(gpus.get(context.getTaskInfo().getIndexOfThisSubtask() % gpus.size()));
    }

    /** Returns whether the model as such has failed, so that the task has to fail: after its restart it opens the model anew. */
    public static boolean needsRestart(@Nullable Throwable failure) {
        return failure != null && InferenceException.causeOf(failure) instanceof UnavailableException;
    }

    /** Closes the service; null where the operator was never opened, as Flink closes it all the same. */
    public static void close(@Nullable TextEmbedder service) {
        if (service != null) {
            service.close();
        }
    }

    /** Closes the cascade; null where the operator was never opened, as Flink closes it all the same. */
    public static void close(@Nullable Cascade cascade) {
        if (cascade != null) {
            cascade.close();
        }
    }
}
