// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import static org.awaitility.Awaitility.await;

import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How the fake models read: a token a word. Three words in capitals do harm: {@code POISON} makes the run throw, {@code
 * NAN} gives a result that is not a number, {@code HANG} keeps the run until {@link #release()}.
 */
public final class FakeWords {
    static final int CLS = 0;
    static final int SEP = 1;
    static final int POISON = 2;
    static final int NAN = 3;
    static final int HANG = 4;
    private static final int WORDS = 16;

    private static volatile CountDownLatch hang = new CountDownLatch(1);

    private static final Semaphore HUNG = new Semaphore(0);

    private FakeWords() {}

    /** Waits until one more run hangs. */
    public static void awaitHang() throws InterruptedException {
        HUNG.acquire();
    }

    /** Lets all runs that hang go on; later ones hang again. */
    public static void release() {
        CountDownLatch held = hang;
        hang = new CountDownLatch(1);
        HUNG.drainPermits();
        held.countDown();
    }

    /** Closes what has a model that hangs, and releases the model once the close waits for it. */
    public static void closeWhileHanging(Runnable close) throws InterruptedException {
        Thread closing = new Thread(close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        release();
        closing.join();
    }

    static int[] ids(String text) {
        return Stream.of(text.split("[^\\p{L}\\p{N}]+", -1))
                .filter(word -> !word.isEmpty())
                .mapToInt(FakeWords::id)
                .toArray();
    }

    static boolean contains(int[] ids, int id) {
        return IntStream.of(ids).anyMatch(token -> token == id);
    }

    static boolean isWord(int id) {
        return id >= WORDS;
    }

    static void run(List<Encoding> batch) throws InferenceException {
        if (batch.stream().anyMatch(encoding -> contains(encoding.ids(), HANG))) {
            CountDownLatch held = hang;
            HUNG.release();
            awaitRelease(held);
        }
        if (batch.stream().anyMatch(encoding -> contains(encoding.ids(), POISON))) {
            throw new InferenceException("it met POISON");
        }
    }

    private static void awaitRelease(CountDownLatch latch) throws InferenceException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InferenceException("interrupted", e);
        }
    }

    private static int id(String word) {
        return switch (word) {
            case "POISON" -> POISON;
            case "NAN" -> NAN;
            case "HANG" -> HANG;
            default -> WORDS + (word.toLowerCase(Locale.ROOT).hashCode() & 0xffffff);
        };
    }
}
