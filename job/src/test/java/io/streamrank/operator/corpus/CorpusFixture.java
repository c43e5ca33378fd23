// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import java.util.List;

/** Makes indexes, the parts of a corpus that subtasks hold, and again what they wrote to a checkpoint. */
final class CorpusFixture {
    static final long RETENTION_MS = 60_000;

    private CorpusFixture() {}

    static CorpusIndex index() {
        return new CorpusIndex(SparseConfig.defaults(), null, new Tombstones(RETENTION_MS, Tombstones.LEAST));
    }

    static Corpus corpus(CorpusIndex index, int subtask, int subtasks) {
        return new Corpus(index, new CorpusShare(subtask, subtasks, RETENTION_MS));
    }

    static void restore(Corpus made, Corpus written) {
        written.chunks().forEach(records -> records.forEach(record -> made.restore(record, 0)));
    }

    /** Returns an index made from what the subtasks wrote to a checkpoint. */
    static CorpusIndex restored(List<Corpus> written) {
        CorpusIndex made = index();
        Corpus corpus = corpus(made, 0, 1);
        written.forEach(each -> restore(corpus, each));
        return made;
    }
}
