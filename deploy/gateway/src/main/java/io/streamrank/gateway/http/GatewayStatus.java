// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.Limits;
import io.streamrank.gateway.query.ConcurrencyLimit;
import io.streamrank.gateway.query.JobStatus;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Tells how the gateway is, and what it serves.
 *
 * @param connected whether Kafka takes queries and gives replies
 * @param job what is known of the job
 */
public record GatewayStatus(
        String version, BooleanSupplier connected, Supplier<JobStatus> job, ConcurrencyLimit limit, Limits limits) {
    ObjectNode health() {
        JobStatus now = job.get();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("status", connected.getAsBoolean() ? "ok" : "unavailable");
        json.put("job", now.state());
        json.put("model", now.model());
        json.put("last_answer_age_ms", now.ageMs());
        json.put("round_trip_ms", now.roundTripMs());
        json.put("in_flight", limit.inFlight());
        return json;
    }

    /** Returns what clients of text-embeddings-inference ask for, to choose the size of their batches. */
    ObjectNode info() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("model_id", model());
        json.putNull("model_sha");
        json.put("model_dtype", "float32");
        ObjectNode reranker = json.putObject("model_type").putObject("reranker");
        reranker.putObject("id2label").put("0", "LABEL_0");
        reranker.putObject("label2id").put("LABEL_0", 0);
        json.put("max_concurrent_requests", limit.limit());
        json.put("max_client_batch_size", limits.inlineDocuments());
        json.put("auto_truncate", true);
        json.put("version", version);
        return json;
    }

    ObjectNode models() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("object", "list");
        json.putArray("data")
                .addObject()
                .put("id", model())
                .put("object", "model")
                .put("owned_by", "streamrank");
        return json;
    }

    private String model() {
        String model = job.get().model();
        return model == null ? "unknown" : model;
    }
}
