// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.cluster;

import io.streamrank.local.console.Causes;
import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.util.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the checkpoints and the last savepoint of a job that runs in this process, so that the next one goes on from
 * there however this one ended. For one job at a time.
 */
public final class StateDirectory implements AutoCloseable {
    /** Written last, and moved to its place when it is complete. */
    private static final String METADATA = "_metadata";

    /** {@code checkpoints/JOB/chk-7/_metadata} */
    private static final int DEPTH = 4;

    private final Path directory;
    private final FileChannel channel;

    /**
     * Holds a complete checkpoint or savepoint.
     *
     * @param taken when it was complete
     */
    public record Snapshot(Path path, Instant taken) {}

    private StateDirectory(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Takes the directory until it is closed, and makes it where there is none.
     *
     * @throws InputException where another job has it, or nothing can be written there
     */
    public static StateDirectory open(Path directory) throws IOException {
        FileChannel channel;
        try {
            Files.createDirectories(directory);
            channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new InputException(
                    "state cannot be kept in " + directory + " (" + Causes.root(e)
                            + "): give another directory by --state",
                    e);
        }
        if (lock(channel) == null) {
            channel.close();
            throw new InputException("another job keeps its state in " + directory
                    + ": stop it first, or give this one a kafka.group-id of its own");
        }
        return new StateDirectory(directory, channel);
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        }
    }

    /** Returns the newest snapshot, null for none, and deletes all others: only a job that was killed leaves any. */
    public @Nullable Snapshot newest() throws IOException {
        Snapshot newest;
        try (Stream<Path> files = Files.walk(directory, DEPTH)) {
            newest = files.filter(file -> file.endsWith(METADATA))
                    .map(StateDirectory::snapshot)
                    .max(Comparator.comparing(Snapshot::taken))
                    .orElse(null);
        }
        for (Path kind : List.of(checkpoints(), savepoints())) {
            for (Path job : children(kind)) {
                if (newest == null || !newest.path().startsWith(job)) {
                    FileUtils.deleteDirectoryQuietly(job.toFile());
                }
            }
        }
        return newest;
    }

    /** Forgets all state. */
    public void clear() throws IOException {
        FileUtils.deleteDirectory(checkpoints().toFile());
        FileUtils.deleteDirectory(savepoints().toFile());
    }

    /**
     * Returns settings of Flink: to keep checkpoints here whatever becomes of the job, and to delete the snapshot that
     * it started from when there is a newer one.
     *
     * @param start where the job goes on from, or null to begin without state
     */
    public Configuration configuration(@Nullable Snapshot start) {
        Configuration flink = new Configuration();
        flink.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        flink.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                checkpoints().toUri().toString());
        flink.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        if (start != null) {
            flink.set(StateRecoveryOptions.SAVEPOINT_PATH, start.path().toUri().toString());
            flink.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
        }
        return flink;
    }

    /** Returns the folder for the last savepoint of a job that is stopped in good order. */
    public Path savepoints() {
        return directory.resolve("savepoints");
    }

    private Path checkpoints() {
        return directory.resolve("checkpoints");
    }

    private static Snapshot snapshot(Path metadata) {
        Path folder = Objects.requireNonNull(metadata.getParent());
        return new Snapshot(folder, Instant.ofEpochMilli(metadata.toFile().lastModified()));
    }

    private static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    /** Releases the directory to the next job. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
