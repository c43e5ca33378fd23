// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.chaos.cluster.ClusterSettings;
import io.streamrank.chaos.cluster.Jars;
import io.streamrank.chaos.cluster.JobOnCluster;
import io.streamrank.chaos.cluster.ProcessSize;
import io.streamrank.chaos.load.QueryLoad;
import io.streamrank.chaos.load.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job is submitted, asked and cancelled again and again in one TaskManager, which does not fail. */
class ResubmissionITCase {
    /**
     * The jar with everything in it leaves a class loader behind each time, held by the shutdown hook of its own ONNX
     * Runtime; the thin one those of the last two jobs at most, held by what the JDK remembers of what it compared and
     * deserialised last.
     */
    private static final long METASPACE_BYTES_A_CLASS_LOADER = 24L << 20;

    private static final long THREADS = 16;
    private static final long HEAP_BYTES = 32L << 20;
    /** Of a class loader that is never unloaded, for the objects of its some 10,000 classes; 3.4 MB were seen. */
    private static final long HEAP_BYTES_A_CLASS_LOADER = 5L << 20;
    /** The whole heap is in RAM from the start, so what a process takes more is native. */
    private static final String HEAP_IN_RAM = "-Xms" + ClusterSettings.HEAP + " -XX:+AlwaysPreTouch";
    /** Of the all jar's class loaders none is ever unloaded. With 256 MB the tenth submission finds no room. */
    private static final String METASPACE = " -XX:MaxMetaspaceSize=512m";
    /** With each resubmission; about 20 MB were seen, of which class loaders that are still held are a part. */
    private static final long NATIVE_BYTES_THIN = 40L << 20;
    /** So much with its own copy of the native libraries, and of what they allocated. */
    private static final long NATIVE_BYTES_ALL = 100L << 20;

    private final Incidents incidents = new Incidents();
    private String running = "";

    @ParameterizedTest
    @ValueSource(strings = {"thin", "all"})
    void worksEveryTimeAndGrowsWithinBounds(String bundle) throws Exception {
        // With three, a class loader that each job leaves behind shows in what the thin jar may leave.
        int submissions = Integer.getInteger("streamrank.chaos.submissions", bundle.equals("thin") ? 3 : 2);
        String name = "submitted, asked and cancelled with the " + bundle + " jar";
        List<Path> libraries = bundle.equals("thin") ? Jars.clusterLibraries() : List.of();
        Map<String, String> flink =
                Map.of("env.java.opts.taskmanager", HEAP_IN_RAM + (bundle.equals("thin") ? "" : METASPACE));
        try (JobOnCluster job = JobOnCluster.start("resubmission-" + bundle, libraries, 1, flink);
                QueryLoad load = new QueryLoad(job.broker().bootstrapServers())) {
            load.sendDocuments();
            List<ProcessSize> sizes = new ArrayList<>();
            Map<String, JsonNode> undisturbed = Map.of();
            for (int i = 0; i < submissions; i++) {
                incidents.happen(name, load, () -> running = job.submit(Jars.bundle(bundle), 2, null));
                undisturbed = i == 0 ? load.askUndisturbed() : undisturbed;
                job.flink().rest().cancel(running);
                sizes.add(ProcessSize.of(job.flink().taskManager(0)));
                System.out.println("[chaos] " + bundle + " jar, submission " + (i + 1) + ": " + sizes.get(i));
            }
            ProcessSize first = sizes.get(0);
            ProcessSize last = sizes.get(submissions - 1);
            incidents.remark(name, growth(first, last));
            ChaosReport.add(incidents.lines(load, undisturbed));

            long classLoaders = bundle.equals("thin") ? 2 : submissions;
            // Without its state a job may answer again what was answered just before it was cancelled.
            Verdict verdict = Verdict.of(load, 0, load.asked(), undisturbed);
            assertThat(verdict).isEqualTo(new Verdict(load.asked(), 0, verdict.doubled(), 0, 0));
            assertThat(last.jobClassLoaders()).isLessThanOrEqualTo(classLoaders);
            assertThat(last.metaspaceBytes() - first.metaspaceBytes())
                    .isLessThanOrEqualTo(classLoaders * METASPACE_BYTES_A_CLASS_LOADER);
            assertThat(last.threads() - first.threads()).isLessThanOrEqualTo(THREADS);
            assertThat(last.heapBytes() - first.heapBytes())
                    .isLessThanOrEqualTo(HEAP_BYTES + (classLoaders - 1) * HEAP_BYTES_A_CLASS_LOADER);
            assertThat(last.residentBytes() - first.residentBytes())
                    .isLessThanOrEqualTo(
                            (submissions - 1) * (bundle.equals("thin") ? NATIVE_BYTES_THIN : NATIVE_BYTES_ALL));
        }
    }

    private static String growth(ProcessSize first, ProcessSize last) {
        return String.format(
                Locale.ROOT,
                "class loaders %+d, metaspace %+.0f MB, threads %+d, heap %+d MB, resident %+d MB",
                last.jobClassLoaders() - first.jobClassLoaders(),
                (last.metaspaceBytes() - first.metaspaceBytes()) / 1048576.0,
                last.threads() - first.threads(),
                (last.heapBytes() - first.heapBytes()) >> 20,
                (last.residentBytes() - first.residentBytes()) >> 20);
    }
}
