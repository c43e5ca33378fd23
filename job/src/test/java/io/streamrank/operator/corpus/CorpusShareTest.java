// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DocumentKey;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusRecord;
import io.streamrank.testing.TestEvents;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CorpusShareTest {
    private static final long RETENTION_MS = 1_000;

    private final CorpusShare share = new CorpusShare(0, 1, RETENTION_MS);

    @Test
    void holdsWhatAMapWouldHold() {
        Random random = new Random(3);
        Map<DocumentKey, CorpusEntry> map = new HashMap<>();
        for (int now = 0; now < 20_000; now++) {
            DocumentKey key = key(random.nextInt(2_500));
            CorpusEntry entry = random.nextInt(3) == 0 ? delete(now) : document(now);
            share.put(key, entry);
            map.put(key, entry);
            long oldest = now - RETENTION_MS;
            share.forgetExpired(now, map::size);
            map.values().removeIf(each -> each.isTombstone() && each.appliedAtMs() <= oldest);
        }
        List<List<CorpusRecord>> chunks = share.chunks();
        assertThat(chunks).hasSizeBetween(2, 3);
        assertThat(chunks.get(0)).hasSize(CorpusShare.CHUNK);
        assertThat(chunks.stream()
                        .flatMap(List::stream)
                        .collect(Collectors.toMap(CorpusRecord::key, CorpusRecord::entry)))
                .isEqualTo(map);
    }

    @Test
    void aCheckpointDoesNotSeeLaterChanges() {
        share.put(key(1), document(1));
        List<List<CorpusRecord>> before = share.chunks();
        share.put(key(1), document(2));
        share.put(key(2), document(3));
        assertThat(before).containsExactly(List.of(new CorpusRecord(key(1), document(1))));
    }

    /** Subtasks run in processes of their own, so the hash must not be one that changes with the process. */
    @Test
    void whereADocumentBelongsIsForGood() {
        assertThat(List.of("a", "b", "c", "d", "e", "f").stream()
                        .map(id -> new DocumentKey("default", id))
                        .map(key ->
                                new CorpusShare(0, 3, 0).owns(key) ? 0 : new CorpusShare(1, 3, 0).owns(key) ? 1 : 2))
                .containsExactly(0, 2, 1, 2, 2, 0);
    }

    private static DocumentKey key(int id) {
        return new DocumentKey("default", "d" + id);
    }

    private static CorpusEntry document(int nowMs) {
        return TestEvents.update("any", nowMs, "text", 1, 0).appliedAt(nowMs);
    }

    private static CorpusEntry delete(int nowMs) {
        return TestEvents.update("any", nowMs, null).appliedAt(nowMs);
    }
}
