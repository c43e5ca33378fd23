// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx.split;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.model.CrossEncoder.KeptDocuments;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the states of documents that were candidates lately outside the heap, never in more bytes than it may have. Which
 * documents stay is Caffeine's choice, by how often and how lately they were asked for. Thread-safe.
 *
 * <p>An entry owns pages of the memory. It is in the cache before it has any, so that others leave first to make room for it,
 * and gives them back when it leaves. Readers copy, so that an entry can leave at any time.
 */
final class DocumentCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DocumentCache.class);

    private final String model;
    private final PagedMemory memory;
    private final Cache<TokenSequence, Entry> cache;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final AtomicBoolean warned = new AtomicBoolean();

    private static final class Entry {
        private final int bytes;

        @GuardedBy("this")
        private int @Nullable [] pages;

        @GuardedBy("this")
        private boolean left;

        Entry(int bytes) {
            this.bytes = bytes;
        }

        int weight() {
            return PagedMemory.pagesOf(bytes);
        }
    }

    /**
     * Takes no memory yet.
     *
     * @param model name for the log
     * @param bytes most memory; 0 for nothing
     * @param available returns the bytes of direct memory that are left to this JVM
     */
    DocumentCache(String model, long bytes, LongSupplier available) {
        this.model = model;
        this.memory = new PagedMemory(bytes, available);
        this.cache = Caffeine.newBuilder()
                .maximumWeight(memory.maxPages())
                .weigher((TokenSequence document, Entry entry) -> entry.weight())
                .removalListener(
                        (@Nullable TokenSequence document, @Nullable Entry entry, RemovalCause cause) -> leave(entry))
                .executor(Runnable::run) // at once, and on no thread that outlives the job and keeps its classes
                .build();
    }

    /**
     * Copies a document's states to the beginning of a buffer; returns whether they were there.
     *
     * @param bytes of the states
     */
    boolean read(TokenSequence document, ByteBuffer target, int bytes) {
        Entry entry = cache.getIfPresent(document);
        boolean found = entry != null && read(entry, target, bytes);
        (found ? hits : misses).increment();
        return found;
    }

    private boolean read(Entry entry, ByteBuffer target, int bytes) {
        synchronized (entry) {
            if (entry.pages == null || entry.bytes != bytes) {
                return false;
            }
            return memory.read(entry.pages, target, bytes);
        }
    }

    /** Keeps the remaining bytes of a buffer as a document's states, if there is room or others are worth less. */
    void put(TokenSequence document, ByteBuffer states) {
        Entry entry = new Entry(states.remaining());
        if (entry.weight() > memory.maxPages() || cache.asMap().putIfAbsent(document, entry) != null) {
            return;
        }
        cache.cleanUp(); // what has to leave leaves now, be it this one
        if (!fill(entry, states)) {
            keepToWhatThereIs();
            if (!fill(entry, states)) {
                cache.asMap().remove(document, entry);
            }
        }
    }

    /** Returns whether there is nothing left to do for the entry. */
    private boolean fill(Entry entry, ByteBuffer states) {
        synchronized (entry) {
            if (entry.left) {
                return true;
            }
            int[] pages = memory.take(entry.weight());
            if (pages == null) {
                return false;
            }
            memory.write(pages, states);
            entry.pages = pages;
            return true;
        }
    }

    /** Lowers the limit where the JVM has no more memory, so that documents leave for others. */
    private void keepToWhatThereIs() {
        cache.policy().eviction().ifPresent(eviction -> eviction.setMaximum(memory.pages()));
        cache.cleanUp();
        if (!warned.getAndSet(true)) {
            LOG.warn(
                    "The document cache of model {} stays at {} MB instead of {} MB, as the JVM has no more direct memory (limit {} MB):"
                            + " raise taskmanager.memory.task.off-heap.size, or lower rerank.document-cache-size.",
                    model,
                    megabytes(memory.pages()),
                    megabytes(memory.maxPages()),
                    DirectMemory.limit() >> 20);
        }
    }

    private static long megabytes(int pages) {
        return ((long) pages * PagedMemory.PAGE_BYTES) >> 20;
    }

    private void leave(@Nullable Entry entry) {
        if (entry != null) {
            synchronized (entry) {
                entry.left = true;
                if (entry.pages != null) {
                    memory.giveBack(entry.pages);
                    entry.pages = null;
                }
            }
        }
    }

    KeptDocuments stats() {
        return new KeptDocuments(hits.sum(), misses.sum(), cache.estimatedSize(), memory.usedBytes());
    }

    /** Empties it, and gives its memory back. What is put later is not kept. */
    @Override
    public void close() {
        cache.invalidateAll();
        memory.close();
    }
}
