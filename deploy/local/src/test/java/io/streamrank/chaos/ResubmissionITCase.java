// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job is submitted, asked and cancelled again and again in one TaskManager, which does not fail. */
class ResubmissionITCase {
    private static final int SUBMISSIONS = Integer.getInteger("streamrank.chaos.submissions", 4);
    /** The jar with everything in it leaves a class loader behind each time, the thin one two in all. */
    private static final long METASPACE_BYTES_A_CLASS_LOADER = 20L << 20;

    private static final long THREADS = 16;
    /** Each submission of the jar with everything in it leaves so much of its copy of the native libraries behind. */
    private static final long RESIDENT_BYTES_A_SUBMISSION = 40L << 20;

    @ParameterizedTest
    @ValueSource(strings = {"thin", "all"})
    void worksEveryTimeAndGrowsWithinBounds(String bundle) throws Exception {
        List<Path> libraries = bundle.equals("thin") ? Jars.clusterLibraries() : List.of();
        try (JobOnCluster job = JobOnCluster.start("resubmission-" + bundle, libraries, 1, Map.of());
                Load load = new Load(job.broker().bootstrapServers())) {
            load.sendDocuments();
            List<ProcessSize> sizes = new ArrayList<>();
            for (int i = 0; i < SUBMISSIONS; i++) {
                String id = job.submit(Jars.bundle(bundle), 2, null);
                load.timeToAnswer();
                job.flink().rest().cancel(id);
                sizes.add(ProcessSize.of(job.flink().taskManager(0)));
                System.out.println("[chaos] " + bundle + " jar, submission " + (i + 1) + ": " + sizes.get(i));
            }

            long classLoaders = bundle.equals("thin") ? 2 : SUBMISSIONS;
            ProcessSize first = sizes.get(0);
            ProcessSize last = sizes.get(SUBMISSIONS - 1);
            assertThat(last.jobClassLoaders()).isLessThanOrEqualTo(classLoaders);
            assertThat(last.metaspaceBytes() - first.metaspaceBytes())
                    .isLessThanOrEqualTo(classLoaders * METASPACE_BYTES_A_CLASS_LOADER);
            assertThat(last.threads() - first.threads()).isLessThanOrEqualTo(THREADS);
            assertThat(last.residentBytes() - first.residentBytes())
                    .isLessThanOrEqualTo(SUBMISSIONS * RESIDENT_BYTES_A_SUBMISSION);
        }
    }
}
