// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.model.ModelException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Shares loaded models by key: the first use loads one, the last unloads it. Loading one does not hold up the users of
 * another. A model that is no longer usable stays with those who have it; whoever opens it next loads it again. Thread-safe.
 */
public final class SharedModels<S extends SharedModels.Loaded> {
    @GuardedBy("this")
    private final Map<String, Slot<S>> slots = new HashMap<>();

    @GuardedBy("this")
    private final Map<Slot<S>, Integer> users = new HashMap<>();

    /** What is shared. */
    public interface Loaded extends AutoCloseable {
        /** Returns whether it can still do what it is for. */
        default boolean isUsable() {
            return true;
        }

        @Override
        void close();
    }

    /** Loads a model on its first use. */
    public interface Loader<S> {
        S load() throws ModelException;
    }

    /**
     * One use of a shared model.
     *
     * @param release ends the use; calling it again does nothing
     */
    public record Use<S>(S model, Runnable release) {}

    /** Returns the model of that key, loading it where no usable one is open. */
    public Use<S> open(String key, Loader<S> loader) throws ModelException {
        Slot<S> slot = use(key);
        boolean loaded = false;
        try {
            S model = slot.loadOnce(loader);
            loaded = true;
            AtomicBoolean released = new AtomicBoolean();
            return new Use<>(model, () -> {
                if (released.compareAndSet(false, true)) {
                    release(key, slot);
                }
            });
        } finally {
            if (!loaded) {
                release(key, slot);
            }
        }
    }

    private synchronized Slot<S> use(String key) {
        Slot<S> known = slots.get(key);
        Slot<S> slot = known != null && known.isUsable() ? known : new Slot<>();
        slots.put(key, slot);
        users.merge(slot, 1, Integer::sum);
        return slot;
    }

    private void release(String key, Slot<S> slot) {
        synchronized (this) {
            if (users.merge(slot, -1, Integer::sum) > 0) {
                return;
            }
            users.remove(slot);
            slots.remove(key, slot);
        }
        slot.unload();
    }

    private static final class Slot<S extends Loaded> {
        /** Written with the slot's own lock held, read without. */
        private volatile @Nullable S model;

        boolean isUsable() {
            S loaded = model;
            return loaded == null || loaded.isUsable();
        }

        synchronized S loadOnce(Loader<S> loader) throws ModelException {
            S loaded = model;
            if (loaded == null) {
                loaded = loader.load();
                model = loaded;
            }
            return loaded;
        }

        synchronized void unload() {
            S loaded = model;
            model = null;
            if (loaded != null) {
                loaded.close();
            }
        }
    }
}
