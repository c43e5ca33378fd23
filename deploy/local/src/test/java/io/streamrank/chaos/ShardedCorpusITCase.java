// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.chaos.cluster.FlinkRest;
import io.streamrank.chaos.cluster.Jars;
import io.streamrank.chaos.cluster.JobOnCluster;
import io.streamrank.chaos.load.DocumentChanges;
import io.streamrank.chaos.load.MalformedRecords;
import io.streamrank.chaos.load.QueryLoad;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The corpus is in shards, in RocksDB with incremental checkpoints. Processes are killed, and the job goes on from savepoints with
 * more and with fewer shards, while documents change. Every query is answered once, from all shards, as it would have been
 * undisturbed; and no deleted document comes back.
 */
class ShardedCorpusITCase {
    private static final int KILLS = Integer.getInteger("streamrank.chaos.shard-kills", 1);
    private static final int MOST_PER_SECOND = 10;
    private static final Map<String, String> ROCKSDB = Map.of(
            "state.backend.type", "rocksdb",
            "state.backend.rocksdb.memory.managed", "false", // these TaskManagers have no managed memory
            "execution.checkpointing.incremental", "true");

    private final Incidents incidents = new Incidents();
    /** The job's id, another with each resumption. */
    private String running = "";

    @Test
    void everyQueryIsAnsweredOnceFromAllShardsWhateverIsKilledOrResized() throws Exception {
        try (JobOnCluster job = JobOnCluster.start("sharded", Jars.clusterLibraries(), 2, ROCKSDB);
                QueryLoad load = new QueryLoad(job.broker().bootstrapServers());
                DocumentChanges churn = new DocumentChanges(
                        load, new MalformedRecords(load, job.broker().bootstrapServers()))) {
            job.set("corpus.placement", "sharded");
            job.set("retrieval.mode", "hybrid");
            job.set("corpus.shard-timeout", "1 min"); // none is cut short, however busy the machine is
            load.sendDocuments();
            running = job.submit(Jars.bundle("thin"), 4, null);
            Map<String, JsonNode> undisturbed = load.askUndisturbed();
            churn.start(job.flink().rest(), running);
            load.startSteadily(MOST_PER_SECOND);

            for (int i = 0; i < KILLS; i++) {
                if (i % 2 == 0) {
                    incidents.happen(
                            "4 shards, kill -9 of a TaskManager",
                            load,
                            () -> job.flink().killTaskManager(0));
                } else {
                    incidents.happen("4 shards, kill -9 of the JobManager", load, job.flink()::killJobManager);
                    job.flink().awaitTaskManagers(2);
                }
            }
            incidents.happen("4 shards, resumed from a savepoint with 2", load, () -> resume(job, 2));
            incidents.happen("2 shards, resumed from a savepoint with 3", load, () -> resume(job, 3));
            load.settle();
            churn.settle(job.flink().rest(), running);

            incidents.endWell(load, churn, undisturbed);
        }
    }

    private void resume(JobOnCluster job, int shards) throws Exception {
        FlinkRest rest = job.flink().rest();
        FlinkRest.await("the job to run", () -> rest.allTasksRun(running));
        running = job.submit(Jars.bundle("thin"), shards, job.stop(running));
    }
}
