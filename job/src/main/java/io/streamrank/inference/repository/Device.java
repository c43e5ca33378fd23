// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds where the user wants a model to run, on the CPU or a GPU. {@code onnx.ExecutionProvider} decides by it.
 *
 * @param kind what is asked for
 * @param index index of the GPU, from 0; null for the first, or the one that Flink gives the slot
 * @param memoryBytes of a GPU that a model may use beyond its weights; 0 for no limit
 */
public record Device(Kind kind, @Nullable Integer index, long memoryBytes) implements Serializable {
    /** Lists what may be asked for. */
    public enum Kind {
        /** On a GPU where there is one that the model gains from, else on the CPU. */
        AUTO,
        CPU,
        /** On a GPU, or not at all. */
        CUDA
    }

    /** Enough for several full batches of a large cross-encoder. */
    public static final long MEMORY_BYTES = 2L << 30;

    public static final Device AUTO = new Device(Kind.AUTO, null);
    public static final Device CPU = new Device(Kind.CPU, null);

    private static final Pattern FORM = Pattern.compile("(auto|cpu|cuda)|cuda:(\\d{1,3})");

    public Device(Kind kind, @Nullable Integer index) {
        this(kind, index, MEMORY_BYTES);
    }

    public static boolean isOne(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * Reads what {@link #toString} writes, which leaves out the limit of memory.
     *
     * @param text {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:n}
     */
    public static Device of(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("device must be auto, cpu, cuda or cuda:n: " + text);
        }
        String kind = matcher.group(1);
        if (kind == null) {
            return new Device(Kind.CUDA, Integer.valueOf(matcher.group(2)));
        }
        return kind.equals("cuda") ? new Device(Kind.CUDA, null) : kind.equals("cpu") ? CPU : AUTO;
    }

    /** Returns this on the given GPU, where the user left open which. */
    public Device on(int gpu) {
        return kind == Kind.CPU || index != null ? this : new Device(kind, gpu, memoryBytes);
    }

    /** Returns this with another limit of memory. */
    public Device with(long bytes) {
        return new Device(kind, index, bytes);
    }

    /** Returns the GPU to use, the first where the user named none. */
    public int gpu() {
        return index == null ? 0 : index;
    }

    @Override
    public String toString() {
        String name = kind == Kind.AUTO ? "auto" : kind == Kind.CPU ? "cpu" : "cuda";
        return index == null ? name : name + ":" + index;
    }
}
