// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The JobManager's REST interface, which Flink's dashboard and most deployment tools use. */
public final class FlinkRest {
    /** Only a hanging test gets here. */
    public static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String address;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    public FlinkRest(int port) {
        this.address = "http://127.0.0.1:" + port;
    }

    /** Flink's version, as the cluster tells it. */
    public String version() throws IOException, InterruptedException {
        return get("/config").path("flink-version").asText();
    }

    public String state(String job) throws IOException, InterruptedException {
        return get("/jobs/" + job).path("state").asText();
    }

    public boolean allTasksRun(String job) throws IOException, InterruptedException {
        for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
            if (!vertex.path("status").asText().equals("RUNNING")) {
                return false;
            }
        }
        return state(job).equals("RUNNING");
    }

    public void awaitRunning(String job) {
        await("job " + job + " to run", () -> {
            if (Set.of("FAILED", "FAILING").contains(state(job))) {
                throw new AssertionError("job " + job + " failed: " + failures(job));
            }
            return allTasksRun(job);
        });
    }

    public void awaitState(String job, String state) {
        await("job " + job + " to be " + state, () -> state(job).equals(state));
    }

    public void cancel(String job) throws IOException, InterruptedException {
        send(request("/jobs/" + job).method("PATCH", BodyPublishers.noBody()).build());
        awaitState(job, "CANCELED");
    }

    /** Stops the job with a savepoint and returns where that is. */
    public String stop(String job, Path folder) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("drain", false);
        body.put("targetDirectory", folder.toUri().toString());
        String trigger = post("/jobs/" + job + "/stop", body).path("request-id").asText();
        String path = "/jobs/" + job + "/savepoints/" + trigger;
        await(
                "the savepoint",
                () -> get(path).path("status").path("id").asText().equals("COMPLETED"));
        JsonNode operation = get(path).path("operation");
        if (!operation.has("location")) {
            throw new IOException("no savepoint: " + operation);
        }
        return operation.path("location").asText();
    }

    /**
     * Waits until two whole checkpoints have begun and ended: what was written before is committed, and what would be
     * written twice is there twice.
     */
    public void awaitCheckpoints(String job) throws IOException, InterruptedException {
        long before = checkpoints(job, "completed");
        // The first may have begun before, and the second be committed a little after it is complete.
        await("checkpoints of job " + job, () -> checkpoints(job, "completed") >= before + 3);
    }

    /**
     * Counts checkpoints since the JobManager started.
     *
     * @param outcome completed or failed
     */
    public long checkpoints(String job, String outcome) throws IOException, InterruptedException {
        return get("/jobs/" + job + "/checkpoints").path("counts").path(outcome).asLong();
    }

    /** What Flink tells of the last checkpoint that was completed. */
    public JsonNode lastCheckpoint(String job) throws IOException, InterruptedException {
        return get("/jobs/" + job + "/checkpoints").at("/latest/completed");
    }

    /** The only job there is, which need not have started yet. */
    public String onlyJob() throws IOException, InterruptedException {
        await("a job", () -> get("/jobs").path("jobs").size() == 1);
        return get("/jobs").path("jobs").path(0).path("id").asText();
    }

    /** Why the job failed or was restarted; empty where it was not. */
    public String failures(String job) throws IOException, InterruptedException {
        StringBuilder failures = new StringBuilder();
        get("/jobs/" + job + "/exceptions")
                .path("exceptionHistory")
                .path("entries")
                .forEach(entry -> failures.append(entry.path("stacktrace").asText()));
        return failures.toString();
    }

    public List<String> taskManagers() throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        get("/taskmanagers")
                .path("taskmanagers")
                .forEach(one -> ids.add(one.path("id").asText()));
        return ids;
    }

    /**
     * One of our metrics over an operator's subtasks.
     *
     * @param metric as docs/metrics.md writes it; the REST interface has underscores where that has dots
     * @param aggregate sum, min or max
     * @throws IOException where no subtask has reported it yet
     */
    public double metric(String job, String operator, String metric, String aggregate)
            throws IOException, InterruptedException {
        String id = operator + ".streamrank." + metric.replace('.', '_');
        for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
            JsonNode found = get("/jobs/" + job + "/vertices/"
                    + vertex.path("id").asText() + "/subtasks/metrics?get=" + id + "&agg=" + aggregate);
            if (!found.isEmpty()) {
                return found.path(0).path(aggregate).asDouble();
            }
        }
        throw new IOException("no subtask of job " + job + " has reported " + id);
    }

    /** Waits until every copy of the corpus has so many documents and is loaded. */
    public void awaitCorpus(String job, int documents) {
        await(
                documents + " documents in every copy of the corpus",
                () -> metric(job, "retrieve-candidates", "corpus.documents", "min") == documents
                        && metric(job, "retrieve-candidates", "corpus.loaded", "min") == 1);
    }

    public static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(condition);
    }

    /** As {@link #await}, for what belongs into the report where it does not happen. */
    public static boolean comesTrue(String what, Callable<Boolean> condition) {
        try {
            await(what, condition);
            return true;
        } catch (ConditionTimeoutException e) {
            System.out.println("[chaos] waited in vain for " + what + ": " + e.getMessage());
            return false;
        }
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET().build());
    }

    private JsonNode post(String path, ObjectNode body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(Duration.ofMinutes(3));
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        var response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(
                    request.method() + " " + request.uri() + ": " + response.statusCode() + " " + response.body());
        }
        String body = response.body();
        return JSON.readTree(body.isEmpty() ? "{}" : body);
    }
}
