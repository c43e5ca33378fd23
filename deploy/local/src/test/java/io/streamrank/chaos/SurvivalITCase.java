// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.chaos.cluster.CheckpointDisk;
import io.streamrank.chaos.cluster.FlinkRest;
import io.streamrank.chaos.cluster.Jars;
import io.streamrank.chaos.cluster.JobOnCluster;
import io.streamrank.chaos.load.DocumentChanges;
import io.streamrank.chaos.load.MalformedRecords;
import io.streamrank.chaos.load.QueryLoad;
import io.streamrank.chaos.load.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Processes are killed and stopped under load. Every query is answered once, as it would have been undisturbed; what
 * cannot be read becomes one dead letter each; and no deleted document comes back. The build runs a short form; {@code
 * mvn verify -Pchaos} the long one, and prints the table.
 */
class SurvivalITCase {
    private static final int KILLS = Integer.getInteger("streamrank.chaos.kills", 2);
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("streamrank.chaos.outage-seconds", 6));
    private static final int MOST_PER_SECOND = 10;
    private static final int PARALLELISM = 4;
    private static final long SEED = Long.getLong("streamrank.chaos.seed", 5);

    private final Incidents incidents = new Incidents();

    @Test
    void everyQueryIsAnsweredOnceAndRightlyWhateverIsKilled() throws Exception {
        try (CheckpointDisk disk = CheckpointDisk.create();
                JobOnCluster job = JobOnCluster.start("survival", Jars.clusterLibraries(), 2, checkpointsOn(disk));
                QueryLoad load = new QueryLoad(job.broker().bootstrapServers());
                DocumentChanges churn = new DocumentChanges(
                        load, new MalformedRecords(load, job.broker().bootstrapServers()))) {
            load.sendDocuments();
            String id = job.submit(Jars.bundle("thin"), PARALLELISM, null);
            Map<String, JsonNode> undisturbed = load.askUndisturbed();
            churn.start(job.flink().rest(), id);
            load.startSteadily(MOST_PER_SECOND);

            killProcesses(job, load);
            disturbBroker(job, load);
            denyCheckpoints(job.flink().rest(), id, disk, load);
            incidents.happen("answers read slowly for " + OUTAGE.toSeconds() + " s", load, () -> {
                load.slowDown(Duration.ofSeconds(1));
                TimeUnit.SECONDS.sleep(OUTAGE.toSeconds());
                load.slowDown(Duration.ZERO);
            });
            load.settle();
            churn.settle(job.flink().rest(), id);

            incidents.endWell(load, churn, undisturbed);
            answersAtLeastOnceWhereThatIsAsked(job, id, load, undisturbed);
        }
    }

    private static Map<String, String> checkpointsOn(CheckpointDisk disk) {
        return Map.of("execution.checkpointing.dir", disk.folder().toUri().toString());
    }

    /** TaskManagers and, every third time, the JobManager. */
    private void killProcesses(JobOnCluster job, QueryLoad load) throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < KILLS; i++) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(3_000)); // at no particular moment of a checkpoint
            int victim = random.nextInt(2);
            if (i % 3 == 1) {
                incidents.happen("kill -9 of the JobManager", load, job.flink()::killJobManager);
                job.flink().awaitTaskManagers(2);
            } else {
                incidents.happen(
                        "kill -9 of a TaskManager", load, () -> job.flink().killTaskManager(victim));
            }
        }
    }

    private void disturbBroker(JobOnCluster job, QueryLoad load) throws Exception {
        incidents.happen("broker stopped and started", load, () -> {
            job.broker().process().stop();
            job.broker().startAgain();
        });
        incidents.happen("broker killed -9 and started", load, () -> {
            job.broker().process().kill();
            job.broker().startAgain();
        });
        incidents.happen("broker unreachable for " + OUTAGE.toSeconds() + " s", load, () -> {
            job.broker().process().pause();
            TimeUnit.SECONDS.sleep(OUTAGE.toSeconds());
            job.broker().process().resume();
        });
    }

    /** For a while, and until one of them has failed of it; afterwards they succeed again. */
    private void denyCheckpoints(FlinkRest rest, String id, CheckpointDisk disk, QueryLoad load) throws Exception {
        String name = "checkpoints cannot be written for " + OUTAGE.toSeconds() + " s";
        FlinkRest.await("the job to run", () -> rest.allTasksRun(id));
        long failed = rest.checkpoints(id, "failed");
        long end = System.nanoTime() + OUTAGE.toNanos();
        incidents.happen(name, load, () -> {
            FlinkRest.await("a checkpoint to fail", () -> {
                disk.deny();
                return System.nanoTime() - end > 0 && rest.checkpoints(id, "failed") > failed;
            });
            disk.allow();
        });
        rest.awaitCheckpoints(id);
        incidents.remark(name, disk.how() + ", " + (rest.checkpoints(id, "failed") - failed) + " failed");
    }

    /** The same job goes on in the other mode. */
    private void answersAtLeastOnceWhereThatIsAsked(
            JobOnCluster job, String id, QueryLoad load, Map<String, JsonNode> undisturbed) throws Exception {
        String savepoint = job.stop(id);
        job.set("delivery", "at-least-once");
        String relaxed = job.submit(Jars.bundle("thin"), PARALLELISM, savepoint);
        Incidents more = new Incidents();
        int from = load.asked();
        load.startSteadily(MOST_PER_SECOND);
        TimeUnit.SECONDS.sleep(1);
        more.happen(
                "kill -9 of a TaskManager, at least once",
                load,
                () -> job.flink().killTaskManager(0));
        load.settle(job.flink().rest(), relaxed);

        ChaosReport.add(more.lines(load, undisturbed));
        Verdict verdict = Verdict.of(load, from, load.asked(), undisturbed);
        assertThat(verdict).isEqualTo(new Verdict(load.asked() - from, 0, verdict.doubled(), 0, 0));
    }
}
