// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.streamrank.gateway.query.ClientInput;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Reads bodies, within limits of size and time. A body that is too large is refused before it is parsed. */
final class RequestBodies {
    private static final int BUFFER_BYTES = 16 << 10;

    private final HttpSettings settings;
    private final LongSupplier nanoClock;

    RequestBodies(HttpSettings settings, LongSupplier nanoClock) {
        this.settings = settings;
        this.nanoClock = nanoClock;
    }

    /** Reads a query, which is a JSON object. */
    ObjectNode query(Context request) {
        if (ClientInput.json(bytes(request, settings.maxBodyBytes())) instanceof ObjectNode object) {
            return object;
        }
        throw new RequestException(
                Problem.INVALID_REQUEST, "wrong-type", "the body must be a JSON object but is another JSON value");
    }

    /** Reads documents, which are still to be told apart. */
    byte[] upload(Context request) {
        return bytes(request, settings.maxUploadBytes());
    }

    private byte[] bytes(Context request, int maxBytes) {
        requirePlain(request.header("Content-Encoding"));
        int length = request.contentLength(); // -1 if it is not told, or beyond an int
        if (length > maxBytes) {
            throw tooLarge(maxBytes);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream(length < 0 ? BUFFER_BYTES : length);
        long startNs = nanoClock.getAsLong();
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = request.bodyInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                body.write(buffer, 0, read);
                if (body.size() > maxBytes) {
                    throw tooLarge(maxBytes);
                }
                if (nanoClock.getAsLong() - startNs > settings.bodyTimeout().toNanos()) {
                    throw late();
                }
            }
        } catch (IOException cut) {
            throw late();
        }
        return body.toByteArray();
    }

    private static void requirePlain(@Nullable String encoding) {
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new RequestException(
                    Problem.UNSUPPORTED_MEDIA_TYPE, "a body must not be compressed: leave out Content-Encoding");
        }
    }

    private RequestException late() {
        return new RequestException(
                Problem.REQUEST_TIMEOUT,
                "the body did not arrive whole within %d s"
                        .formatted(settings.bodyTimeout().toSeconds()));
    }

    private static RequestException tooLarge(int maxBytes) {
        return new RequestException(
                Problem.TOO_LARGE,
                "the body holds more than %d bytes: send fewer or shorter documents".formatted(maxBytes));
    }
}
