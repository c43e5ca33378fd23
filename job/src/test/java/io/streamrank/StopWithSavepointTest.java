// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamrank.testing.FakeWords;
import io.streamrank.testing.OverlapCrossEncoder;
import io.streamrank.testing.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Stopping with a savepoint ends the job as finished, whatever waits in the models. */
@Timeout(120)
class StopWithSavepointTest {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(1)
            .build());

    @AfterEach
    void nothingIsLeftOpen() {
        FakeWords.release();
        await().untilAsserted(() -> assertThat(OverlapCrossEncoder.OPEN).hasValue(0));
    }

    @RepeatedTest(5)
    void aJobThatStopsWhileItsModelsAreBusyIsFinished(@TempDir Path folder) throws Exception {
        try (LiveJob job = new LiveJob(TestModels.models(), "apple")) {
            job.ask("answered", "'query':'apple'");
            assertThat(job.answer("answered").results()).hasSize(1);
            for (int i = 0; i < 100; i++) {
                job.ask("embedding-" + i, "'query':'HANG apple'");
                job.ask("reranking-" + i, "'query':'apple','documents':['HANG apple " + i + "']");
            }
            FakeWords.awaitHang();

            CompletableFuture<String> stopped = job.stop(folder);
            await().until(() -> isWritten(folder));
            await().until(() -> {
                FakeWords.release(); // another batch hangs as long as there is one
                return stopped.isDone();
            });

            assertThat(Path.of(stopped.get().replaceFirst("^file:", ""))).isDirectory();
            assertThat(job.status()).isEqualTo(JobStatus.FINISHED);
        }
    }

    private static boolean isWritten(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.anyMatch(file -> file.endsWith("_metadata"));
        }
    }
}
