// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx.split;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds memory outside the heap as pages of one size, so that values of any length fill it without gaps. It grows by slabs when
 * it needs to, up to its limit, and keeps them until it is closed. Thread-safe; who reads or writes pages must own them.
 */
final class PagedMemory implements AutoCloseable {
    static final int PAGE_BYTES = 2_048;
    /** What it leaves of the JVM's direct memory to others: network buffers, and those of a run. */
    static final long LEFT_TO_OTHERS = 32L << 20;

    private static final int SLAB_PAGES = 2_048;

    private final int maxPages;
    private final LongSupplier available;

    /** Grows, and is empty once closed; written with the lock held. */
    private volatile ByteBuffer[] slabs = new ByteBuffer[0];

    /** Pages that nobody owns; the first {@code freeCount} count. */
    @GuardedBy("this")
    private int[] free = new int[0];

    @GuardedBy("this")
    private int freeCount;

    /** Pages of all slabs. */
    @GuardedBy("this")
    private int pages;

    @GuardedBy("this")
    private boolean closed;

    /**
     * Takes no memory yet.
     *
     * @param bytes limit, rounded down to whole pages
     * @param available returns the bytes of direct memory that are left to this JVM
     */
    PagedMemory(long bytes, LongSupplier available) {
        this.maxPages = (int) Math.min(Integer.MAX_VALUE / 2, bytes / PAGE_BYTES);
        this.available = available;
    }

    /** Returns how many pages so many bytes take. */
    static int pagesOf(int bytes) {
        return (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
    }

    int maxPages() {
        return maxPages;
    }

    synchronized long usedBytes() {
        return (long) (pages - freeCount) * PAGE_BYTES;
    }

    /** Returns the pages that there are, used or not. */
    synchronized int pages() {
        return pages;
    }

    /** Returns pages for the caller to own, or null where there are not as many. */
    synchronized int @Nullable [] take(int count) {
        while (!closed && freeCount < count && grow()) {
            // until there are enough
        }
        if (closed || freeCount < count) {
            return null;
        }
        freeCount -= count;
        return Arrays.copyOfRange(free, freeCount, freeCount + count);
    }

    synchronized void giveBack(int[] owned) {
        if (!closed) {
            System.arraycopy(owned, 0, free, freeCount, owned.length);
            freeCount += owned.length;
        }
    }

    @GuardedBy("this")
    private boolean grow() {
        int more = Math.min(SLAB_PAGES, maxPages - pages);
        long bytes = (long) more * PAGE_BYTES;
        if (more == 0 || available.getAsLong() < bytes + LEFT_TO_OTHERS) {
            return false;
        }
        ByteBuffer[] larger = Arrays.copyOf(slabs, slabs.length + 1);
        try {
            larger[slabs.length] = ByteBuffer.allocateDirect((int) bytes);
        } catch (OutOfMemoryError e) {
            return false; // others took the memory since
        }
        slabs = larger;
        free = Arrays.copyOf(free, pages + more);
        for (int i = 0; i < more; i++) {
            free[freeCount + i] = pages + i;
        }
        freeCount += more;
        pages += more;
        return true;
    }

    /** Copies the remaining bytes of a buffer to pages that the caller owns; once closed it does nothing. */
    void write(int[] owned, ByteBuffer from) {
        ByteBuffer[] there = slabs;
        int start = from.position();
        int left = from.remaining();
        for (int i = 0; i < owned.length && there.length > 0; i++) {
            int length = Math.min(PAGE_BYTES, left);
            there[owned[i] / SLAB_PAGES].put(offset(owned[i]), from, start + i * PAGE_BYTES, length);
            left -= length;
        }
    }

    /** Copies so many bytes of pages that the caller owns to the beginning of a buffer; returns false once closed. */
    boolean read(int[] owned, ByteBuffer to, int bytes) {
        ByteBuffer[] there = slabs;
        int left = bytes;
        for (int i = 0; i < owned.length && there.length > 0; i++) {
            int length = Math.min(PAGE_BYTES, left);
            to.put(i * PAGE_BYTES, there[owned[i] / SLAB_PAGES], offset(owned[i]), length);
            left -= length;
        }
        return there.length > 0;
    }

    private static int offset(int page) {
        return page % SLAB_PAGES * PAGE_BYTES;
    }

    /** Gives all memory back to the JVM, which frees it when it next collects garbage. */
    @Override
    public synchronized void close() {
        closed = true;
        slabs = new ByteBuffer[0];
        free = new int[0];
        freeCount = 0;
        pages = 0;
    }
}
