// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelOutOfReachException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;

/**
 * Keeps models in a directory of the cache. A folder there is complete, as an atomic move gives it its name. Several threads
 * and processes may use the same directory.
 */
public record ModelCache(Path directory) {
    private static final Duration LOCK_POLL = Duration.ofMillis(20);

    /** Opens a file's content. */
    interface Source {
        InputStream open(String path) throws IOException;

        /** Returns what tells the content from others. */
        default ContentChecksum checksum(String path) throws IOException {
            try (InputStream in = open(path)) {
                return ContentChecksum.of(in);
            }
        }
    }

    /** Writes files into a directory. */
    public interface Fill {
        void into(Path directory) throws IOException, ModelException;
    }

    /** Runs in one process at a time. */
    interface Locked<T, E extends Exception> {
        T run() throws IOException, E;
    }

    /** Returns the directory for these files, and writes them where it does not exist or is damaged. */
    Path unpack(List<String> paths, Source source) throws IOException, ModelException {
        Map<String, ContentChecksum> checksums = new TreeMap<>();
        for (String path : paths) {
            checksums.put(path, source.checksum(path));
        }
        Path target =
                directory.resolve(DigestUtils.sha256Hex(checksums.toString()).substring(0, 16));
        return withLock(() -> {
            if (Files.isDirectory(target) && !matches(target, checksums)) {
                FileUtils.deleteDirectory(target.toFile());
            }
            return install(target, folder -> copy(paths, source, folder));
        });
    }

    /** Returns the directory of the key, and fills it where it does not exist. */
    public Path install(String key, Fill fill) throws IOException, ModelException {
        return withLock(() -> install(directory.resolve(key), fill));
    }

    /** Runs the action while no other thread or process runs one for this directory. */
    @SuppressWarnings("try") // the lock is held, not used
    <T, E extends Exception> T withLock(Locked<T, E> action) throws IOException, E {
        Files.createDirectories(directory);
        synchronized (monitor()) {
            try (FileChannel channel = FileChannel.open(
                            directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = lock(channel)) {
                return action.run();
            }
        }
    }

    /**
     * Returns the lock between threads, as file locks only work between processes. It is an interned string, so that jobs with
     * different class loaders share it.
     */
    private Object monitor() throws IOException {
        return (ModelCache.class.getName() + " " + directory.toRealPath()).intern();
    }

    /**
     * Polls for the lock rather than waiting for it. The kernel counts locks by process, and so sees a deadlock (EDEADLK in
     * fcntl of POSIX) where the threads of two processes wait for two directories.
     */
    private static FileLock lock(FileChannel channel) throws IOException {
        FileLock lock = channel.tryLock();
        while (lock == null) {
            LockSupport.parkNanos(LOCK_POLL.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while another process has the lock");
            }
            lock = channel.tryLock();
        }
        return lock;
    }

    static void copy(List<String> paths, Source source, Path folder) throws IOException {
        for (String path : paths) {
            Path file = folder.resolve(path);
            Files.createDirectories(file.getParent());
            try (InputStream in = source.open(path)) {
                Files.copy(in, file);
            }
        }
    }

    /** Tells that the cache cannot be written. */
    public ModelOutOfReachException cannotKeep(String model, IOException e) {
        return new ModelOutOfReachException(
                "Model " + model + " cannot be stored in " + directory + ": " + e
                        + "; free space there or choose another cache directory.",
                e);
    }

    private static Path install(Path target, Fill fill) throws IOException, ModelException {
        if (Files.isDirectory(target)) {
            return target;
        }
        Path partial = Files.createTempDirectory(target.getParent(), ".partial-");
        try {
            fill.into(partial);
            return Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            FileUtils.deleteDirectory(partial.toFile());
        }
    }

    private static boolean matches(Path folder, Map<String, ContentChecksum> checksums) throws IOException {
        for (Map.Entry<String, ContentChecksum> checksum : checksums.entrySet()) {
            Path file = folder.resolve(checksum.getKey());
            if (!Files.isRegularFile(file) || !ContentChecksum.of(file).equals(checksum.getValue())) {
                return false;
            }
        }
        return true;
    }
}
