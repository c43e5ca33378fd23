// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Processes are killed and stopped under load. Every query is answered once, as it would have been undisturbed. The
 * build runs a short form; {@code mvn verify -Pchaos} the long one, and prints the table.
 */
class SurvivalITCase {
    private static final int KILLS = Integer.getInteger("streamrank.chaos.kills", 2);
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("streamrank.chaos.outage-seconds", 6));
    private static final int QUERIES_PER_SECOND = 10;
    private static final long SEED = Long.getLong("streamrank.chaos.seed", 5);

    private final Incidents incidents = new Incidents();

    @Test
    void everyQueryIsAnsweredOnceAndRightlyWhateverIsKilled() throws Exception {
        try (JobOnCluster job = JobOnCluster.start("survival", Jars.clusterLibraries(), 2, Map.of());
                Load load = new Load(job.broker().bootstrapServers())) {
            load.sendDocuments();
            job.submit(Jars.bundle("thin"), 4, null);
            Map<String, JsonNode> undisturbed = load.askUndisturbed();
            load.start(QUERIES_PER_SECOND);

            killProcesses(job, load);
            disturbBroker(job, load);
            denyCheckpoints(job, load);
            incidents.happen("answers read slowly for " + OUTAGE.toSeconds() + " s", load, () -> {
                load.slowDown(Duration.ofSeconds(1));
                TimeUnit.SECONDS.sleep(OUTAGE.toSeconds());
                load.slowDown(Duration.ZERO);
            });
            load.settle();

            Report.add(incidents.lines(load, undisturbed));
            assertThat(load.problems()).isEmpty();
            assertThat(Verdict.of(load, 0, load.asked(), undisturbed)).isEqualTo(new Verdict(load.asked(), 0, 0, 0, 0));
        }
    }

    /** TaskManagers and, every third time, the JobManager. */
    private void killProcesses(JobOnCluster job, Load load) throws Exception {
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

    private void disturbBroker(JobOnCluster job, Load load) throws Exception {
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

    /**
     * A file stands where the job's checkpoints go, so that each of them fails as it would on a full disk; permissions
     * would not do, as root may do everything.
     */
    private void denyCheckpoints(JobOnCluster job, Load load) throws Exception {
        Path checkpoints = job.flink().checkpoints();
        Path aside = checkpoints.resolveSibling("checkpoints-aside");
        incidents.happen("checkpoints cannot be written for " + OUTAGE.toSeconds() + " s", load, () -> {
            Files.move(checkpoints, aside);
            Files.createFile(checkpoints);
            TimeUnit.SECONDS.sleep(OUTAGE.toSeconds());
            Files.delete(checkpoints);
            Files.move(aside, checkpoints);
        });
    }
}
