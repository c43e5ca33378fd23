// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

import io.streamrank.inference.model.ModelException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Models that are loaded, by key, and how many use each: the first use loads, the last unloads. Loading one model does
 * not hold up the users of another. One that is not usable any more is left to those who have it; who opens it then has it
 * loaded anew. Thread-safe.
 */
public final class SharedModels<S extends SharedModels.Loaded> {
    private final Map<String, Slot<S>> slots = new HashMap<>();

    /** What is shared. */
    public interface Loaded extends AutoCloseable {
        /** Whether it can still do what it is for. */
        default boolean isUsable() {
            return true;
        }

        @Override
        void close();
    }

    /** Loads. */
    public interface Loader<S> {
        S load() throws ModelException;
    }

    /** One use of a shared model. */
    public record Use<S>(S model, Runnable giveBack) {}

    public Use<S> open(String key, Loader<S> loader) throws ModelException {
        Slot<S> slot;
        synchronized (this) {
            Slot<S> known = slots.get(key);
            slot = known != null && known.isUsable() ? known : new Slot<>();
            slots.put(key, slot);
            slot.users++;
        }
        boolean loaded = false;
        try {
            S model = slot.loadOnce(loader);
            loaded = true;
            AtomicBoolean given = new AtomicBoolean();
            return new Use<>(model, () -> {
                if (given.compareAndSet(false, true)) {
                    giveBack(key, slot);
                }
            });
        } finally {
            if (!loaded) {
                giveBack(key, slot);
            }
        }
    }

    private void giveBack(String key, Slot<S> slot) {
        synchronized (this) {
            slot.users--;
            if (slot.users > 0) {
                return;
            }
            slots.remove(key, slot);
        }
        slot.unload();
    }

    private static final class Slot<S extends Loaded> {
        /** Guarded by the registry. */
        private int users;
        /** Written by who holds the slot. */
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
