// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DocumentKey;
import io.streamrank.event.Version;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CorpusShareTest {
    private final CorpusShare share = new CorpusShare(0, 1);

    @Test
    void holdsWhatAMapWouldHold() {
        Random random = new Random(3);
        Map<DocumentKey, CorpusEntry> map = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            DocumentKey key = key(random.nextInt(2_500));
            if (random.nextInt(3) == 0) {
                share.remove(key);
                map.remove(key);
            } else {
                share.put(key, entry(i));
                map.put(key, entry(i));
            }
            assertThat(share.get(key)).isEqualTo(map.get(key));
        }
        List<List<CorpusRecord>> chunks = share.chunks();
        assertThat(chunks).hasSize(2);
        assertThat(chunks.get(0)).hasSize(CorpusShare.CHUNK);
        assertThat(chunks.stream()
                        .flatMap(List::stream)
                        .collect(Collectors.toMap(CorpusRecord::key, CorpusRecord::entry)))
                .isEqualTo(map);
    }

    @Test
    void aCheckpointDoesNotSeeLaterChanges() {
        share.put(key(1), entry(1));
        List<List<CorpusRecord>> before = share.chunks();
        share.put(key(1), entry(2));
        share.put(key(2), entry(3));
        assertThat(before).containsExactly(List.of(new CorpusRecord(key(1), entry(1))));
    }

    /** Subtasks run in processes of their own, so the hash must not be one that changes with the process. */
    @Test
    void whereADocumentBelongsIsForGood() {
        assertThat(List.of("a", "b", "c", "d", "e", "f").stream()
                        .map(id -> new DocumentKey("default", id))
                        .map(key -> new CorpusShare(0, 3).has(key) ? 0 : new CorpusShare(1, 3).has(key) ? 1 : 2))
                .containsExactly(0, 2, 1, 2, 2, 0);
    }

    private static DocumentKey key(int id) {
        return new DocumentKey("default", "d" + id);
    }

    private static CorpusEntry entry(int offset) {
        return new CorpusEntry(new Version(0, 0, offset), null, null, 0);
    }
}
