// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir
    private Path directory;

    @Test
    void knowsNoSnapshotWhereThereWasNoJob() throws Exception {
        try (StateDirectory state = StateDirectory.open(directory.resolve("new/one"))) {
            assertThat(state.newest()).isNull();
            assertThat(state.configuration(null).toMap())
                    .containsEntry(
                            "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION")
                    .doesNotContainKey("execution.state-recovery.path");
        }
    }

    @Test
    void findsTheNewestThatIsCompleteAndLeavesNothingElse() throws Exception {
        Path old = snapshot("savepoints/savepoint-1", NOON.minusSeconds(9));
        Path newest = snapshot("checkpoints/job-2/chk-7", NOON);
        Path broken = Files.createDirectories(directory.resolve("checkpoints/job-3/chk-1"));
        try (StateDirectory state = StateDirectory.open(directory)) {
            assertThat(state.newest()).isEqualTo(new StateDirectory.Snapshot(newest, NOON));
            assertThat(newest).exists();
            assertThat(old).doesNotExist();
            assertThat(broken).doesNotExist();
            assertThat(state.configuration(state.newest()).toMap())
                    .containsEntry(
                            "execution.state-recovery.path", newest.toUri().toString())
                    .containsEntry("execution.state-recovery.claim-mode", "CLAIM");
        }
    }

    @Test
    void forgetsEverything() throws Exception {
        snapshot("savepoints/savepoint-1", NOON);
        try (StateDirectory state = StateDirectory.open(directory)) {
            state.clear();
            assertThat(state.newest()).isNull();
        }
    }

    @Test
    void isForOneJobAtATime() throws Exception {
        try (StateDirectory first = StateDirectory.open(directory)) {
            assertThatThrownBy(() -> StateDirectory.open(directory))
                    .isInstanceOf(InputException.class)
                    .hasMessage("another job keeps its state in " + first
                            + ": stop it first, or give this one a kafka.group-id of its own");
        }
        StateDirectory.open(directory).close();
    }

    @Test
    void saysThatNothingCanBeWrittenThere() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> StateDirectory.open(file))
                .isInstanceOf(InputException.class)
                .hasMessage("state cannot be kept in " + file + " (" + file
                        + " exists already): give another directory by --state");
    }

    private Path snapshot(String name, Instant taken) throws IOException {
        Path folder = Files.createDirectories(directory.resolve(name));
        Path metadata = Files.createFile(folder.resolve("_metadata"));
        Files.setLastModifiedTime(metadata, FileTime.from(taken));
        return folder;
    }
}
