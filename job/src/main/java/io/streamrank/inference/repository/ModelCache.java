// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A directory of the cache. Whatever has its final name there is complete, for it got it by an atomic move; several
 * threads and processes may use the same directory.
 */
record ModelCache(Path directory) {
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** Where a file's content comes from. */
    interface Source {
        InputStream open(String path) throws IOException;
    }

    /** Puts files into a directory. */
    interface Fill {
        void into(Path directory) throws IOException;
    }

    /** Something done by one process at a time. */
    interface Exclusive<T, E extends Exception> {
        T run() throws IOException, E;
    }

    /** The directory for the files' content, filled where it is not there or damaged. */
    Path unpack(List<String> paths, Source source) throws IOException {
        Sha256 key = new Sha256();
        Map<String, String> digests = new ConcurrentHashMap<>();
        for (String path : paths.stream().sorted().toList()) {
            try (InputStream in = source.open(path)) {
                digests.put(path, Sha256.of(in));
                key.update(path + " " + digests.get(path) + "\n");
            }
        }
        Path target = directory.resolve(key.hex().substring(0, 16));
        return exclusively(() -> {
            if (Files.isDirectory(target) && !holds(target, digests)) {
                delete(target);
            }
            return install(target, folder -> copy(paths, source, folder));
        });
    }

    /** The directory of that key, filled where it is not there. */
    Path install(String key, Fill fill) throws IOException {
        return exclusively(() -> install(directory.resolve(key), fill));
    }

    /** Runs while no other thread or process does so for this directory. */
    @SuppressWarnings("try") // the lock is held, not used
    <T, E extends Exception> T exclusively(Exclusive<T, E> action) throws IOException, E {
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
     * File locks hold between processes; within one they need a monitor. Jobs have class loaders of their own, so it
     * belongs to the JVM, as interned strings do.
     */
    private Object monitor() throws IOException {
        return (ModelCache.class.getName() + " " + directory.toRealPath()).intern();
    }

    /**
     * Asks again and again rather than waits: the kernel counts locks by process, and takes two processes whose threads
     * wait for different directories of each other for a deadlock (EDEADLK in fcntl of POSIX).
     */
    private static FileLock lock(FileChannel channel) throws IOException {
        FileLock lock = channel.tryLock();
        while (lock == null) {
            LockSupport.parkNanos(PAUSE.toNanos());
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

    ModelOutOfReachException failure(String model, IOException e) {
        return new ModelOutOfReachException(
                "Model " + model + " cannot be stored in " + directory + ": " + e
                        + "; free space there or choose another cache directory.",
                e);
    }

    private static Path install(Path target, Fill fill) throws IOException {
        if (Files.isDirectory(target)) {
            return target;
        }
        Path partial = Files.createTempDirectory(target.getParent(), ".partial-");
        try {
            fill.into(partial);
            return Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(partial);
        }
    }

    private static boolean holds(Path folder, Map<String, String> digests) throws IOException {
        for (Map.Entry<String, String> digest : digests.entrySet()) {
            Path file = folder.resolve(digest.getKey());
            if (!Files.isRegularFile(file) || !Sha256.of(file).equals(digest.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
