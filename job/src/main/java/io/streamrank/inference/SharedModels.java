// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Models that are loaded, by key, and how many use each: the first use loads, the last unloads. Loading one model does
 * not hold up the users of another. Thread-safe.
 */
final class SharedModels<S extends AutoCloseable> {
    private final Map<String, Slot<S>> slots = new HashMap<>();

    /** Loads. */
    interface Loader<S> {
        S load() throws ModelException;
    }

    /** One use of a shared model. */
    record Use<S>(S model, Runnable giveBack) {}

    Use<S> open(String key, Loader<S> loader) throws ModelException {
        Slot<S> slot;
        synchronized (this) {
            slot = slots.computeIfAbsent(key, k -> new Slot<>());
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
            slots.remove(key);
        }
        slot.unload();
    }

    private static final class Slot<S extends AutoCloseable> {
        /** Guarded by the registry. */
        private int users;
        /** Guarded by the slot. */
        private @Nullable S model;

        synchronized S loadOnce(Loader<S> loader) throws ModelException {
            S loaded = model;
            if (loaded == null) {
                loaded = loader.load();
                model = loaded;
            }
            return loaded;
        }

        synchronized void unload() {
            try {
                if (model != null) {
                    model.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException("A model could not be unloaded: " + e.getMessage(), e);
            }
            model = null;
        }
    }
}
