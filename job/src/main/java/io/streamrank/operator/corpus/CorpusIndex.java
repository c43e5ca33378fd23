// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.operator.corpus.CollectionIndex.Found;
import io.streamrank.operator.corpus.FilterCache.ParsedFilter;
import io.streamrank.retrieval.sparse.SparseIndex;
import io.streamrank.retrieval.sparse.TermCounter;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.QuantizedVector;
import io.streamrank.state.TextTemplate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the documents of all collections, for all subtasks of a job in one process. Each subtask offers what it is sent, and of each
 * document the index keeps the newest that anyone offered. So the order in which subtasks offer does not matter. Safe to use from
 * several threads: searches run at the same time, and a change waits for those that are under way.
 */
final class CorpusIndex implements AutoCloseable {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    @GuardedBy("lock")
    private final Map<String, CollectionIndex> collections = new HashMap<>();

    /** Deletes, so that a subtask that lags behind does not bring a document back. */
    @GuardedBy("lock")
    private final Map<DocumentKey, CorpusEntry> deletes = new HashMap<>();

    @GuardedBy("lock")
    private final Tombstones tombstones;

    private final SparseConfig sparse;
    private final @Nullable TermCounter terms;
    private final @Nullable TextTemplate distinctText;

    @GuardedBy("lock")
    private int documents;

    /**
     * @param distinctText what documents with the same text have in common; null to find copies, too
     * @param tombstones those of its deletes, of which there are none yet
     */
    CorpusIndex(SparseConfig sparse, @Nullable TextTemplate distinctText, Tombstones tombstones) {
        this.sparse = sparse;
        this.terms = sparse.enabled() ? new TermCounter(sparse.language()) : null;
        this.distinctText = distinctText;
        this.tombstones = tombstones;
    }

    /**
     * Takes a document or a delete, and returns it or, if the index has one that is as new or newer, that one. It then forgets the
     * deletes that are too old or too many.
     */
    CorpusEntry offer(DocumentKey key, CorpusEntry offered) {
        return newest(key, offered, true);
    }

    /** Takes what a checkpoint holds, as {@link #offer} does, but forgets no delete: the documents may be yet to come. */
    CorpusEntry restore(DocumentKey key, CorpusEntry restored) {
        return newest(key, restored, false);
    }

    private CorpusEntry newest(DocumentKey key, CorpusEntry offered, boolean forgets) {
        // Of a change that all subtasks are sent only the first has to wait for the searches.
        CorpusEntry known = known(key);
        if (known != null && !offered.version().isNewerThan(known.version())) {
            return known;
        }
        lock.writeLock().lock();
        try {
            known = find(key);
            if (known != null && !offered.version().isNewerThan(known.version())) {
                return known;
            }
            index(key, offered);
            if (forgets) {
                removeExpired(offered.appliedAtMs());
            }
            return offered;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private @Nullable CorpusEntry known(DocumentKey key) {
        lock.readLock().lock();
        try {
            return find(key);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Returns the document or the delete of a key; null for none. */
    @GuardedBy("lock")
    private @Nullable CorpusEntry find(DocumentKey key) {
        CollectionIndex index = collections.get(key.collection());
        CorpusEntry document = index == null ? null : index.get(key.id());
        return document == null ? deletes.get(key) : document;
    }

    @GuardedBy("lock")
    private void index(DocumentKey key, CorpusEntry entry) {
        QuantizedVector vector = entry.vector();
        CollectionIndex index = collections.get(key.collection());
        documents -= index == null ? 0 : index.size();
        if (vector != null) {
            deletes.remove(key);
            if (index == null) {
                index = collection(key.collection(), vector.dimension());
                collections.put(key.collection(), index);
            }
            index.put(key.id(), vector, entry);
        } else {
            deletes.put(key, entry);
            tombstones.add(key, entry);
            if (index != null) {
                index.remove(key.id());
            }
        }
        documents += index == null ? 0 : index.size();
        if (index != null && index.size() == 0) {
            collections.remove(key.collection());
        }
    }

    private CollectionIndex collection(String name, int dimension) {
        SparseIndex<CorpusEntry> words = terms == null
                ? null
                : new SparseIndex<>(sparse.bm25(), terms, entry -> sparse.text().textOf(entry.unpacked(name, null)));
        return new CollectionIndex(name, dimension, words, distinctText);
    }

    /** Forgets the deletes that are too old or too many, as {@link #offer} does. */
    void forgetExpired(long nowMs) {
        lock.writeLock().lock();
        try {
            removeExpired(nowMs);
        } finally {
            lock.writeLock().unlock();
        }
    }

    @GuardedBy("lock")
    private void removeExpired(long nowMs) {
        tombstones.removeExpired(nowMs, () -> documents, deletes::get, deletes::remove);
    }

    /**
     * Returns the candidates of a query: the best documents of its collection that pass the filter.
     *
     * @param embedding null if the query could not be embedded
     */
    Found search(Query query, @Nullable Embedding embedding, @Nullable ParsedFilter filter) {
        return find(query, index -> index.search(query, embedding, filter));
    }

    /** Returns what {@link #search} needs of an index that has a part of the documents. */
    Found searchPart(Query query, @Nullable Embedding embedding, @Nullable ParsedFilter filter) {
        return find(query, index -> index.searchPart(query, embedding, filter));
    }

    private Found find(Query query, Function<CollectionIndex, Found> search) {
        lock.readLock().lock();
        try {
            CollectionIndex index = collections.get(query.collection());
            return index == null
                    ? new Found(List.of(), Remarks.ofMissingCollection(query.collection()))
                    : search.apply(index);
        } finally {
            lock.readLock().unlock();
        }
    }

    int documents() {
        lock.readLock().lock();
        try {
            return documents;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Returns the bytes of the vectors. */
    long bytes() {
        return sum(CollectionIndex::bytes);
    }

    /** Returns a figure of the inverted indexes, summed over the collections; 0 without any. */
    long sparse(ToLongFunction<SparseIndex<?>> figure) {
        return sum(index -> index.words() == null ? 0 : figure.applyAsLong(index.words()));
    }

    private long sum(ToLongFunction<CollectionIndex> figure) {
        lock.readLock().lock();
        try {
            long sum = 0;
            for (CollectionIndex index : collections.values()) {
                sum += figure.applyAsLong(index);
            }
            return sum;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        if (terms != null) {
            terms.close();
        }
    }
}
