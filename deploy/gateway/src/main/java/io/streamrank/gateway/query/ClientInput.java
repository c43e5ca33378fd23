// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.codec.CodecException;
import io.streamrank.codec.InvalidJsonException;
import io.streamrank.codec.StrictJson;
import io.streamrank.event.RawRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Leads what clients send to the job's own parser and codecs, and says in one form what those refuse. */
public final class ClientInput {
    private static final int MAX_SHOWN = 100;

    private ClientInput() {}

    /** Parses a body, or refuses it with a {@link RequestException}. */
    public static JsonNode json(byte[] body) {
        try {
            return StrictJson.parse(body);
        } catch (InvalidJsonException problem) {
            throw new RequestException(Problem.INVALID_REQUEST, "malformed-json", "the body " + problem.in(1));
        }
    }

    /** Returns a record that is not on the topic yet, for a codec. It owns the arrays. */
    @SuppressWarnings("NullAway") // it does not see the annotations on a compact constructor's arrays
    public static RawRecord record(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        return new RawRecord(topic, 0, 0, 0, key, value, List.of());
    }

    /** Returns the refusal that tells the client what the codec says. */
    public static RequestException refusal(CodecException invalid) {
        return new RequestException(Problem.INVALID_REQUEST, invalid.cause(), invalid.getMessage());
    }

    /** Returns the value as JSON, shortened, for messages. */
    public static String shown(JsonNode value) {
        String json = value.toString();
        return json.length() > MAX_SHOWN ? json.substring(0, MAX_SHOWN) + '…' : json;
    }
}
