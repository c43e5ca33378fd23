// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.model.Model;
import io.streamrank.inference.model.ModelException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps models open that nobody uses, while a job is in this process: its tasks close them when the job restarts, and need them again a
 * moment later. Loading them takes seconds of CPU time. Thread-safe.
 */
public final class IdleModels {
    /** Has the models of all jobs that share these classes. */
    public static final IdleModels OF_PROCESS = new IdleModels();

    @GuardedBy("this")
    private final Set<String> jobs = new HashSet<>();

    @GuardedBy("this")
    private final Map<String, Model> idle = new HashMap<>();

    /** Keeps models from now on, until the job {@link #leave leaves}. */
    public synchronized void enter(String job) {
        jobs.add(job);
    }

    /** Closes the models that are kept, if no other job is there. */
    public void leave(String job) {
        List<Model> unused = List.of();
        synchronized (this) {
            jobs.remove(job);
            if (jobs.isEmpty()) {
                unused = new ArrayList<>(idle.values());
                idle.clear();
            }
        }
        unused.forEach(Model::close);
    }

    /**
     * Returns a model that was kept, or loads one. The caller owns it then.
     *
     * @param key names the model among those of its type
     */
    public <M extends Model> M open(String key, Class<M> type, SharedModels.Loader<M> loader) throws ModelException {
        M kept = take(key, type);
        return kept == null ? loader.load() : kept;
    }

    private synchronized <M extends Model> @Nullable M take(String key, Class<M> type) {
        return type.cast(idle.remove(type.getSimpleName() + ' ' + key));
    }

    /**
     * Takes a model that its owner does not use any more, and closes it if there is no job or one like it is kept.
     *
     * @param sound whether it can be used again
     */
    public <M extends Model> void giveBack(String key, Class<M> type, M model, boolean sound) {
        boolean kept;
        synchronized (this) {
            kept = sound && !jobs.isEmpty() && idle.putIfAbsent(type.getSimpleName() + ' ' + key, model) == null;
        }
        if (!kept) {
            model.close();
        }
    }
}
