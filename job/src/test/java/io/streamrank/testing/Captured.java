// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.functions.async.CollectionSupplier;
import org.apache.flink.streaming.api.functions.async.ResultFuture;

/** What an async function completed with. */
public final class Captured<T> implements ResultFuture<T> {
    private final CompletableFuture<List<T>> result = new CompletableFuture<>();

    @Override
    public void complete(Collection<T> values) {
        result.complete(List.copyOf(values));
    }

    @Override
    public void completeExceptionally(Throwable failure) {
        result.completeExceptionally(failure);
    }

    @Override
    public void complete(CollectionSupplier<T> supplier) {
        try {
            complete(supplier.get());
        } catch (Exception failure) {
            completeExceptionally(failure);
        }
    }

    public boolean isDone() {
        return result.isDone();
    }

    /** The one value; fails when there is none within a time that only a hanging test needs. */
    public T value() throws Exception {
        List<T> values = result.get(30, TimeUnit.SECONDS);
        if (values.size() != 1) {
            throw new AssertionError("expected one value: " + values);
        }
        return values.get(0);
    }
}
