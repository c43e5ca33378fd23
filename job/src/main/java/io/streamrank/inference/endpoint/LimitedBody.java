// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Reads a body into memory, and gives up where it is larger than any answer can be. */
final class LimitedBody implements BodySubscriber<byte[]> {
    private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
    private final long most;
    private long read;
    private boolean over;
    private @Nullable Subscription subscription;

    LimitedBody(long most) {
        this.most = most;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return bytes.getBody();
    }

    @Override
    public void onSubscribe(Subscription opened) {
        subscription = opened;
        bytes.onSubscribe(opened);
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        if (over) {
            return;
        }
        for (ByteBuffer part : parts) {
            read += part.remaining();
        }
        if (read <= most) {
            bytes.onNext(parts);
            return;
        }
        over = true;
        Objects.requireNonNull(subscription).cancel();
        bytes.onError(new IOException("the answer is larger than " + most + " bytes"));
    }

    @Override
    public void onError(Throwable failure) {
        if (!over) {
            bytes.onError(failure);
        }
    }

    @Override
    public void onComplete() {
        if (!over) {
            bytes.onComplete();
        }
    }
}
