// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides how long the job may take for a request.
 *
 * @param usual for a request that says nothing, and asks for no reply
 * @param most that a request can ask for
 */
public record Timeouts(Duration usual, Duration most) {
    /** Stays below the 5 s after which the HTTP client of most Python libraries gives up. */
    public static final Duration USUAL = Duration.ofSeconds(4);

    /** Lets a language model write. Who asks for a reply waits longer; after this time the answer comes without one. */
    static final Duration WITH_REPLY = Duration.ofSeconds(30);

    public static final Duration MOST = Duration.ofSeconds(60);

    public static Timeouts defaults() {
        return new Timeouts(USUAL, MOST);
    }

    /**
     * Returns the shorter of the members {@code timeout}, in seconds, and {@code timeout_ms}. Without either it is the usual
     * time, or a longer one if the request asks for a reply.
     */
    public Duration of(ObjectNode body) {
        List<Duration> asked = new ArrayList<>();
        add(asked, "timeout", body.get("timeout"), 1_000);
        add(asked, "timeout_ms", body.get("timeout_ms"), 1);
        return asked.isEmpty() ? usual(body.get("reply")) : Collections.min(asked);
    }

    private Duration usual(@Nullable JsonNode reply) {
        boolean asksForOne = reply != null && (reply.isObject() || reply.asBoolean());
        Duration longer = WITH_REPLY.compareTo(most) < 0 ? WITH_REPLY : most;
        return asksForOne && longer.compareTo(usual) > 0 ? longer : usual;
    }

    private void add(List<Duration> asked, String name, @Nullable JsonNode value, double unitMs) {
        if (value == null
                || value.isNull()
                || (name.equals("timeout_ms") && value.isNumber() && value.asDouble() == 0)) {
            return; // on the topic 0 means no limit
        }
        double ms = value.isNumber() ? value.asDouble() * unitMs : Double.NaN;
        if (!(ms >= 1) || ms > most.toMillis()) {
            throw new RequestException(
                    Problem.INVALID_REQUEST,
                    "out-of-range",
                    "%s must be a number in [%s, %s] but is %s"
                            .formatted(
                                    name,
                                    unitMs == 1 ? "1" : "0.001",
                                    Long.toString((long) (most.toMillis() / unitMs)),
                                    ClientInput.shown(value)));
        }
        asked.add(Duration.ofMillis((long) ms));
    }
}
