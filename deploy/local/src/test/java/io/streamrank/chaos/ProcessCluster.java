// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.MemorySize;
import org.awaitility.Awaitility;

/**
 * A Flink session cluster of processes on this machine: ZooKeeper for high availability, a JobManager and TaskManagers
 * of two slots each, in some 600 MB apiece.
 */
final class ProcessCluster implements AutoCloseable {
    private static final int SLOTS = 2;
    private static final int HEAP_MB = 256;
    private static final int FRAMEWORK_HEAP_MB = 128;
    /** Of a TaskManager. */
    static final long HEAP_BYTES = (HEAP_MB + FRAMEWORK_HEAP_MB) * 1024L * 1024;

    private static final int DIRECT_MB = 160;

    private final Path folder;
    private final JvmStart jvm;
    private final List<Path> classPath;
    private final JavaProcess zooKeeper;
    private final List<JavaProcess> taskManagers = new ArrayList<>();
    private final FlinkRest rest;
    private JavaProcess jobManager;

    private ProcessCluster(Path folder, JvmStart jvm, List<Path> classPath, Map<String, String> settings)
            throws IOException {
        this.folder = folder;
        this.jvm = jvm;
        this.classPath = classPath;
        int zooKeeperPort = freePort();
        int restPort = freePort();
        Files.createDirectories(folder.resolve("conf"));
        Map<String, String> all = settings(folder, zooKeeperPort, restPort);
        all.putAll(settings);
        Files.writeString(
                folder.resolve("conf/config.yaml"),
                String.join(
                        "\n",
                        all.entrySet().stream()
                                .map(setting -> setting.getKey() + ": \"" + setting.getValue() + "\"")
                                .toList()));
        Files.writeString(
                folder.resolve("conf/zoo.cfg"),
                "tickTime=2000\ninitLimit=10\nsyncLimit=5\nadmin.enableServer=false\nclientPortAddress=127.0.0.1\nclientPort="
                        + zooKeeperPort + "\ndataDir=" + folder.resolve("zookeeper") + "\n");
        zooKeeper = jvm.start(
                "zookeeper",
                classPath,
                List.of("-Xmx96m"),
                List.of(
                        "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
                        "--zkConfigFile",
                        folder.resolve("conf/zoo.cfg").toString(),
                        "--peerId",
                        "1"));
        rest = new FlinkRest(restPort);
        jobManager = launchJobManager();
    }

    /**
     * Starts a cluster and returns when it can take a job.
     *
     * @param libraries beside Flink's own in lib/
     * @param settings of Flink, over ours
     */
    static ProcessCluster start(
            Path folder, JvmStart jvm, List<Path> libraries, int taskManagers, Map<String, String> settings)
            throws IOException {
        List<Path> classPath =
                Stream.concat(Jars.flink().stream(), libraries.stream()).toList();
        ProcessCluster cluster = new ProcessCluster(folder, jvm, classPath, settings);
        try {
            cluster.scaleTo(taskManagers);
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    FlinkRest rest() {
        return rest;
    }

    /** Returns the job's id when the cluster has accepted it. */
    String submit(Submission submission) throws IOException {
        List<String> options = new ArrayList<>(opens());
        options.add("-Xmx192m");
        return submission.submit(jvm, classPath, options);
    }

    JavaProcess taskManager(int index) {
        return taskManagers.get(index);
    }

    Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    Path savepoints() {
        return folder.resolve("savepoints");
    }

    /** Starts TaskManagers, or stops some in an orderly way. */
    void scaleTo(int count) throws IOException {
        while (taskManagers.size() < count) {
            taskManagers.add(launchTaskManager(taskManagers.size()));
        }
        while (taskManagers.size() > count) {
            taskManagers.remove(taskManagers.size() - 1).stop();
        }
        awaitTaskManagers(count);
    }

    /** Without warning; whoever watches over the cluster starts another. */
    void killTaskManager(int index) throws IOException {
        taskManagers.get(index).kill();
        taskManagers.set(index, launchTaskManager(index));
    }

    /** Without warning; whoever watches over the cluster starts another. */
    void killJobManager() throws IOException {
        jobManager.kill();
        jobManager = launchJobManager();
    }

    void awaitTaskManagers(int expected) {
        Awaitility.await(expected + " TaskManagers")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .until(() -> rest.taskManagers().size() == expected);
    }

    private JavaProcess launchJobManager() throws IOException {
        List<String> options = new ArrayList<>(opens());
        options.addAll(List.of("-Xmx320m", "-XX:MaxMetaspaceSize=256m"));
        return jvm.start(
                "jobmanager",
                classPath,
                options,
                List.of(
                        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                        "--configDir",
                        folder.resolve("conf").toString()));
    }

    private JavaProcess launchTaskManager(int index) throws IOException {
        List<String> options = new ArrayList<>(opens());
        options.addAll(List.of(
                "-Xmx" + HEAP_BYTES, "-XX:MaxDirectMemorySize=" + DIRECT_MB + "m", "-XX:MaxMetaspaceSize=256m"));
        List<String> command = new ArrayList<>(List.of(
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                "--configDir",
                folder.resolve("conf").toString()));
        memory().forEach((name, value) -> command.addAll(List.of("-D", name + "=" + value)));
        return jvm.start("taskmanager-" + index, classPath, options, command);
    }

    /** What Flink's scripts compute from its memory settings. */
    private static Map<String, String> memory() {
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

    private static Map<String, String> settings(Path folder, int zooKeeperPort, int restPort) {
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
        // Killed often and on purpose, the job should not be made to wait longer each time.
        settings.put("restart-strategy.type", "fixed-delay");
        settings.put("restart-strategy.fixed-delay.attempts", "100000");
        settings.put("restart-strategy.fixed-delay.delay", "1 s");
        return settings;
    }

    /** What the build gives to its own tests, which run Flink too. */
    private static List<String> opens() {
        return List.of(System.getProperty("streamrank.jvm.opens").split(" ", -1));
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        taskManagers.forEach(JavaProcess::close);
        jobManager.close();
        zooKeeper.close();
    }
}
