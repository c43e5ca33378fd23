// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import io.streamrank.RerankJob;
import io.streamrank.local.cluster.LocalPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A Flink cluster of processes on this machine: ZooKeeper for high availability, a JobManager and TaskManagers of two
 * slots each, in some 600 MB apiece.
 */
public final class ProcessCluster implements AutoCloseable {
    private final Path folder;
    private final JvmStart jvm;
    private final List<Path> classPath;
    private final List<String> entryPoint;
    private final List<String> taskManagerOptions;
    private final JavaProcess zooKeeper;
    private final List<JavaProcess> taskManagers = new ArrayList<>();
    private final FlinkRest rest;
    private JavaProcess jobManager;

    private ProcessCluster(
            Path folder, JvmStart jvm, List<Path> classPath, List<String> entryPoint, Map<String, String> settings)
            throws IOException {
        this.folder = folder;
        this.jvm = jvm;
        this.classPath = classPath;
        this.entryPoint = entryPoint;
        int zooKeeperPort = LocalPorts.free();
        int restPort = LocalPorts.free();
        Files.createDirectories(folder.resolve("conf"));
        Map<String, String> all = ClusterSettings.of(folder, zooKeeperPort, restPort);
        all.putAll(settings);
        taskManagerOptions = Stream.of(
                        all.getOrDefault("env.java.opts.taskmanager", "").split(" ", -1))
                .filter(option -> !option.isEmpty())
                .toList();
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

    /** The JobManager's main class and its arguments, in session mode. */
    public static List<String> session() {
        return List.of("org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint");
    }

    /**
     * The same in application mode; the job's jar is in usrlib/.
     *
     * @param arguments of the job
     */
    public static List<String> application(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint",
                "--job-classname",
                RerankJob.class.getName()));
        command.addAll(arguments);
        return command;
    }

    /**
     * Starts a cluster and returns when it has its TaskManagers.
     *
     * @param libraries beside Flink's own in lib/
     * @param entryPoint {@link #session} or {@link #application}
     * @param settings of Flink, over ours
     */
    public static ProcessCluster start(
            Path folder,
            JvmStart jvm,
            List<Path> libraries,
            List<String> entryPoint,
            int taskManagers,
            Map<String, String> settings)
            throws IOException {
        List<Path> classPath =
                Stream.concat(Jars.flink().stream(), libraries.stream()).toList();
        ProcessCluster cluster = new ProcessCluster(folder, jvm, classPath, entryPoint, settings);
        try {
            cluster.scaleTo(taskManagers);
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    public FlinkRest rest() {
        return rest;
    }

    /** Returns the job's id when the cluster has accepted it. */
    public String submit(Submission submission) throws IOException {
        List<String> options = new ArrayList<>(opens());
        options.add("-Xmx192m");
        return submission.submit(jvm, classPath, options);
    }

    public JavaProcess taskManager(int index) {
        return taskManagers.get(index);
    }

    public Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    public Path savepoints() {
        return folder.resolve("savepoints");
    }

    /** Starts TaskManagers, or stops some in an orderly way. */
    public void scaleTo(int count) throws IOException {
        while (taskManagers.size() < count) {
            taskManagers.add(launchTaskManager(taskManagers.size()));
        }
        while (taskManagers.size() > count) {
            taskManagers.remove(taskManagers.size() - 1).stop();
        }
        awaitTaskManagers(count);
    }

    /** Without warning; whoever watches over the cluster starts another. */
    public void killTaskManager(int index) throws IOException {
        taskManagers.get(index).kill();
        taskManagers.set(index, launchTaskManager(index));
    }

    /** Without warning; whoever watches over the cluster starts another. */
    public void killJobManager() throws IOException {
        jobManager.kill();
        jobManager = launchJobManager();
    }

    public void awaitTaskManagers(int expected) {
        Awaitility.await(expected + " TaskManagers")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .until(() -> rest.taskManagers().size() == expected);
    }

    private JavaProcess launchJobManager() throws IOException {
        List<String> options = new ArrayList<>(opens());
        options.addAll(List.of("-Xmx320m", "-XX:MaxMetaspaceSize=256m"));
        List<String> command = new ArrayList<>(entryPoint);
        command.addAll(1, List.of("--configDir", folder.resolve("conf").toString()));
        return jvm.start("jobmanager", classPath, options, command);
    }

    private JavaProcess launchTaskManager(int index) throws IOException {
        List<String> options = new ArrayList<>(opens());
        options.addAll(ClusterSettings.taskManagerOptions());
        options.addAll(taskManagerOptions);
        List<String> command = new ArrayList<>(List.of(
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                "--configDir",
                folder.resolve("conf").toString()));
        ClusterSettings.taskManagerMemory().forEach((name, value) -> command.addAll(List.of("-D", name + "=" + value)));
        return jvm.start("taskmanager-" + index, classPath, options, command);
    }

    /** What the build gives to its own tests, which run Flink too. */
    private static List<String> opens() {
        return List.of(System.getProperty("streamrank.jvm.opens").strip().split(" ", -1));
    }

    @Override
    public void close() {
        taskManagers.forEach(JavaProcess::close);
        jobManager.close();
        zooKeeper.close();
    }
}
