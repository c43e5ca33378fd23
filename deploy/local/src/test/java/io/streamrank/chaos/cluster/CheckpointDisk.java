// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Where checkpoints go, and how to deny them that: a disk of its own that can be filled up where we may mount one, as
 * root may, else a link to a folder, which leads to a file for a while. Permissions would not do, as root may do
 * everything.
 */
public final class CheckpointDisk implements AutoCloseable {
    private static final String SIZE = "64m";
    private static final byte[] PAGE = new byte[4096];

    private final Path place;
    private final boolean mounted;

    private CheckpointDisk(Path place, boolean mounted) {
        this.place = place;
        this.mounted = mounted;
    }

    public static CheckpointDisk create() throws IOException, InterruptedException {
        Path place = Files.createTempDirectory("streamrank-checkpoints-");
        CheckpointDisk disk = new CheckpointDisk(
                place, succeeds("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "streamrank", place.toString()));
        if (disk.mounted) {
            Runtime.getRuntime().addShutdownHook(new Thread(disk::unmount));
        } else {
            Files.createDirectory(place.resolve("folder"));
            Files.createFile(place.resolve("file"));
            disk.lead("folder");
        }
        return disk;
    }

    /** What Flink is to be told. */
    public Path folder() {
        return mounted ? place : link();
    }

    /** What {@link #deny} does, for the report. */
    public String how() {
        return mounted ? "disk full" : "folder away";
    }

    /** To be done again and again, as what old checkpoints give back is to be taken, too. */
    public void deny() throws IOException {
        if (!mounted) {
            lead("file");
            return;
        }
        try (OutputStream filler =
                Files.newOutputStream(place.resolve("filler"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                filler.write(PAGE);
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw full;
            }
        }
    }

    public void allow() throws IOException {
        if (mounted) {
            Files.delete(place.resolve("filler"));
        } else {
            lead("folder");
        }
    }

    private Path link() {
        return place.resolve("link");
    }

    /** At once, so that Flink never finds nothing there and makes a folder of its own. */
    private void lead(String target) throws IOException {
        Path next = place.resolve("next");
        Files.deleteIfExists(next);
        Files.createSymbolicLink(next, place.resolve(target));
        Files.move(next, link(), StandardCopyOption.ATOMIC_MOVE);
    }

    private void unmount() {
        try {
            succeeds("umount", "--lazy", place.toString());
        } catch (IOException | InterruptedException e) {
            System.out.println("[chaos] " + place + " stays mounted: " + e);
        }
    }

    private static boolean succeeds(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notThere) {
            System.out.println("[chaos] " + command[0] + ": " + notThere.getMessage());
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        if (mounted) {
            unmount();
        }
        JobOnCluster.delete(place);
    }
}
