// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.chaos.cluster.FlinkRest;
import io.streamrank.chaos.cluster.Jars;
import io.streamrank.chaos.cluster.JobOnCluster;
import io.streamrank.chaos.load.ChaosCorpus;
import io.streamrank.chaos.load.QueryLoad;
import io.streamrank.chaos.load.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The job is stopped with a savepoint under load and goes on from it, on more and on less than before. Every query is
 * answered once, as it would have been undisturbed.
 */
class SavepointITCase {
    private static final int ROUNDS = Integer.getInteger("streamrank.chaos.resumptions", 1);
    private static final int STOPS = Integer.getInteger("streamrank.chaos.stops", 1);
    private static final int MOST_PER_SECOND = 10;
    /** Of what the job answered in a burst, whose answers waited for a checkpoint. */
    private static final int OVERLOAD = 2;

    private final Incidents incidents = new Incidents();
    /** The job's id, another with each resumption. */
    private String running = "";

    @Test
    void goesOnFromASavepointWhateverItRunsOn() throws Exception {
        try (JobOnCluster job = JobOnCluster.start("savepoint", Jars.clusterLibraries(), 2, Map.of());
                QueryLoad load = new QueryLoad(job.broker().bootstrapServers())) {
            job.set("rerank.score-cache-size", "0 b"); // each query is work for the model, though texts repeat
            load.sendDocuments();
            running = job.submit(Jars.bundle("thin"), 2, null);
            assertThat(job.flink().rest().version()).isEqualTo(Jars.flinkVersion());
            Map<String, JsonNode> undisturbed = load.askUndisturbed();
            load.startSteadily(MOST_PER_SECOND);

            for (int round = 0; round < ROUNDS; round++) {
                resume("savepoint, resumed as it was", job, load, 2, 2);
                resume("savepoint, resumed with twice the parallelism", job, load, 4, 2);
                resume("savepoint, resumed with a quarter, a TaskManager fewer", job, load, 1, 1);
                resume("savepoint, resumed with thrice, two TaskManagers more", job, load, 3, 3);
            }
            stopUnderFullLoad(job, load);
            load.settle(job.flink().rest(), running);

            ChaosReport.add(incidents.lines(load, undisturbed));
            assertThat(load.problems()).isEmpty();
            assertThat(Verdict.of(load, 0, load.asked(), undisturbed)).isEqualTo(new Verdict(load.asked(), 0, 0, 0, 0));
            bringsTheCorpusBackWithoutEmbeddingIt(job, load, undisturbed);
            refusesTheStateOfAnotherEmbedder(job);
        }
    }

    /** Whatever the models and the operators hold when they are closed, it must not make the job fail. */
    private void stopUnderFullLoad(JobOnCluster job, QueryLoad load) throws Exception {
        int capacity = load.capacity(5 * load.texts());
        String name = "savepoint under full load";
        for (int i = 0; i < STOPS; i++) {
            incidents.happen(name, load, () -> {
                String savepoint = stopWhileAsking(job, load, OVERLOAD * capacity);
                running = job.submit(Jars.bundle("thin"), 2, savepoint);
            });
        }
        incidents.remark(name, OVERLOAD * capacity + " queries/s were asked while it was stopped");
    }

    private String stopWhileAsking(JobOnCluster job, QueryLoad load, int queriesPerSecond) throws Exception {
        load.stop();
        int from = load.asked();
        load.start(queriesPerSecond);
        FlinkRest.await("an answer under full load", () -> load.unanswered(from) < load.asked() - from);
        String savepoint = job.stop(running);
        load.stop();
        assertThat(load.unanswered(from)).isPositive();
        load.startSteadily(MOST_PER_SECOND);
        return savepoint;
    }

    private void resume(String name, JobOnCluster job, QueryLoad load, int parallelism, int taskManagers)
            throws Exception {
        incidents.happen(name, load, () -> resume(job, parallelism, taskManagers));
    }

    private void resume(JobOnCluster job, int parallelism, int taskManagers) throws Exception {
        String savepoint = job.stop(running);
        job.flink().scaleTo(taskManagers);
        running = job.submit(Jars.bundle("thin"), parallelism, savepoint);
    }

    /** Nothing is asked meanwhile, so whatever the embedder did would be documents. */
    private void bringsTheCorpusBackWithoutEmbeddingIt(
            JobOnCluster job, QueryLoad load, Map<String, JsonNode> undisturbed) throws Exception {
        resume(job, 2, 2);
        FlinkRest rest = job.flink().rest();
        rest.awaitCorpus(running, ChaosCorpus.DOCUMENTS);
        assertThat(rest.metric(running, "decode-documents", "documents.received", "sum"))
                .isZero();
        assertThat(rest.metric(running, "embed-documents", "engine.items", "max"))
                .isZero();

        int from = load.asked();
        load.askUndisturbed();
        assertThat(Verdict.of(load, from, load.asked(), undisturbed)).isEqualTo(new Verdict(load.texts(), 0, 0, 0, 0));
        FlinkRest.await(
                "the embedder's work on queries",
                () -> rest.metric(running, "embed-documents", "engine.items", "max") > 0);
    }

    private void refusesTheStateOfAnotherEmbedder(JobOnCluster job) throws Exception {
        String savepoint = job.stop(running);
        job.set("models.embedder.passage-prefix", "passage: ");
        String refused = job.submitOnly(Jars.bundle("thin"), 2, savepoint);
        job.flink().rest().awaitState(refused, "FAILED");
        assertThat(job.flink().rest().failures(refused))
                .contains("the state was written with another embedder (")
                .contains(
                        "whose vectors cannot be compared; configure the first one, or start without state so that the"
                                + " documents are embedded again");
    }
}
