// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.chaos.cluster.FlinkRest;
import io.streamrank.chaos.cluster.JobOnCluster;
import io.streamrank.chaos.load.ChaosCorpus;
import io.streamrank.chaos.load.QueryLoad;
import io.streamrank.chaos.load.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The job as an application: the JobManager has its jar and starts it. One that dies is followed by another, which
 * finds the job and its last checkpoint and does not start it anew.
 */
class ApplicationITCase {
    private static final int MOST_PER_SECOND = 10;

    private final Incidents incidents = new Incidents();

    @Test
    void everyQueryIsAnsweredOnceThoughTheJobManagerIsKilled() throws Exception {
        try (JobOnCluster job = JobOnCluster.startApplication("application", 1, Map.of("parallelism.default", "2"));
                QueryLoad load = new QueryLoad(job.broker().bootstrapServers())) {
            FlinkRest rest = job.flink().rest();
            load.sendDocuments();
            String id = rest.onlyJob();
            // The job ran before it had documents, so it does not hold queries back until all of them are there.
            rest.awaitCorpus(id, ChaosCorpus.DOCUMENTS);
            Map<String, JsonNode> undisturbed = load.askUndisturbed();
            load.startSteadily(MOST_PER_SECOND);
            rest.awaitCheckpoints(id);
            incidents.happen("application mode, kill -9 of the JobManager", load, job.flink()::killJobManager);
            load.settle(rest, id);

            ChaosReport.add(incidents.lines(load, undisturbed));
            assertThat(load.problems()).isEmpty();
            assertThat(Verdict.of(load, 0, load.asked(), undisturbed)).isEqualTo(new Verdict(load.asked(), 0, 0, 0, 0));
            assertThat(rest.onlyJob()).isEqualTo(id);
        }
    }
}
