// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.MemorySize;

/** Flink's settings for a cluster of small processes on this machine. */
public final class ClusterSettings {
    private static final int SLOTS = 2;
    private static final int HEAP_MB = 256;
    private static final int FRAMEWORK_HEAP_MB = 128;
    private static final int DIRECT_MB = 160;
    /** Of a TaskManager, as a JVM option has it. */
    public static final String HEAP = HEAP_MB + FRAMEWORK_HEAP_MB + "m";

    private ClusterSettings() {}

    /** Of a TaskManager's JVM. */
    public static List<String> taskManagerOptions() {
        return List.of("-Xmx" + HEAP, "-XX:MaxDirectMemorySize=" + DIRECT_MB + "m", "-XX:MaxMetaspaceSize=256m");
    }

    /** What Flink's scripts compute from its memory settings, of a TaskManager. */
    public static Map<String, String> taskManagerMemory() {
        Map<String, String> memory = new TreeMap<>();
        memory.put("taskmanager.cpu.cores", SLOTS + ".0");
        memory.put("taskmanager.numberOfTaskSlots", Integer.toString(SLOTS));
        memory.put("taskmanager.memory.framework.heap.size", megabytes(FRAMEWORK_HEAP_MB));
        memory.put("taskmanager.memory.task.heap.size", megabytes(HEAP_MB));
        memory.put("taskmanager.memory.framework.off-heap.size", megabytes(128));
        memory.put("taskmanager.memory.task.off-heap.size", megabytes(0));
        memory.put("taskmanager.memory.managed.size", megabytes(0));
        memory.put("taskmanager.memory.network.min", megabytes(32));
        memory.put("taskmanager.memory.network.max", megabytes(32));
        memory.put("taskmanager.memory.jvm-metaspace.size", megabytes(256));
        memory.put("taskmanager.memory.jvm-overhead.min", megabytes(192));
        memory.put("taskmanager.memory.jvm-overhead.max", megabytes(192));
        memory.put("external-resources", "none");
        return memory;
    }

    private static String megabytes(int count) {
        return MemorySize.ofMebiBytes(count).getBytes() + "b";
    }

    public static Map<String, String> of(Path folder, int zooKeeperPort, int restPort) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("jobmanager.rpc.address", "127.0.0.1");
        settings.put("jobmanager.bind-host", "127.0.0.1");
        settings.put("taskmanager.host", "127.0.0.1");
        settings.put("taskmanager.bind-host", "127.0.0.1");
        settings.put("rest.address", "127.0.0.1");
        settings.put("rest.bind-address", "127.0.0.1");
        settings.put("rest.port", Integer.toString(restPort));
        settings.put("rest.bind-port", Integer.toString(restPort));
        settings.put("high-availability.type", "zookeeper");
        settings.put("high-availability.zookeeper.quorum", "127.0.0.1:" + zooKeeperPort);
        settings.put("high-availability.zookeeper.client.session-timeout", "10 s");
        settings.put(
                "high-availability.storageDir", folder.resolve("ha").toUri().toString());
        settings.put(
                "execution.checkpointing.dir",
                folder.resolve("checkpoints").toUri().toString());
        settings.put("io.tmp.dirs", folder.resolve("tmp").toString());
        settings.put("heartbeat.interval", "2 s");
        settings.put("heartbeat.timeout", "12 s");
        settings.put("metrics.fetcher.update-interval", "1 s");
        // Flink fetches no metrics while it waits for those of a TaskManager that went away, by default 10 minutes.
        settings.put("web.timeout", "30 s");
        // Killed often and on purpose, the job should not be made to wait longer each time.
        settings.put("restart-strategy.type", "fixed-delay");
        settings.put("restart-strategy.fixed-delay.attempts", "100000");
        settings.put("restart-strategy.fixed-delay.delay", "1 s");
        return settings;
    }
}
