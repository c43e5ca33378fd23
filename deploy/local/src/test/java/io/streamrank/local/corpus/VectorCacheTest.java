// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorCacheTest {
    @TempDir
    private Path directory;

    @Test
    void givesBackWhatAnEarlierRunSaved() throws Exception {
        Path file = directory.resolve("deep/vectors");
        VectorCache cache = VectorCache.open(file);
        cache.put("a", new float[] {1, -0.5f});
        cache.put("b", new float[] {2, 3});
        cache.save();

        VectorCache later = VectorCache.open(file);
        assertThat(later.get("a")).containsExactly(1, -0.5f);
        assertThat(later.get("b")).containsExactly(2, 3);
        assertThat(later.get("c")).isNull();
    }

    @Test
    void isEmptyWhereTheFileIsMissingOrDamaged() throws Exception {
        assertThat(VectorCache.open(directory.resolve("missing")).get("a")).isNull();

        Path file = directory.resolve("vectors");
        VectorCache cache = VectorCache.open(file);
        cache.put("a", new float[] {1, 2});
        cache.put("b", new float[] {1, 2});
        cache.save();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 3));
        assertThat(VectorCache.open(file).get("a")).isNull();
        assertThat(VectorCache.open(file).get("b")).isNull();
    }

    @Test
    void doesNotWriteWhatHasNotChanged() throws Exception {
        Path file = directory.resolve("vectors");
        VectorCache cache = VectorCache.open(file);
        cache.put("a", new float[] {1});
        cache.save();
        FileTime longAgo = FileTime.fromMillis(1_000);
        Files.setLastModifiedTime(file, longAgo);

        VectorCache again = VectorCache.open(file);
        again.put("a", java.util.Objects.requireNonNull(again.get("a")));
        again.save();

        assertThat(Files.getLastModifiedTime(file)).isEqualTo(longAgo);
    }
}
