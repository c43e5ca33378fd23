// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.model.Batching.RunCost.Timing;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.onnx.WarmUp.Runner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Times a few runs of a model on the device that it is on, so that batches suit both. Each shape counts with its shortest run:
 * whatever else the machine does makes runs longer.
 */
final class CostMeasurement {
    private static final List<Integer> COLUMNS = List.of(16, 64, 256);
    private static final int REPEATS = 3;
    /** When this is used up, each shape that is left runs once. */
    private static final long ENOUGH_NANOS = Duration.ofSeconds(2).toNanos();

    private CostMeasurement() {}

    private record BatchShape(int rows, int columns) {}

    /**
     * Runs the model.
     *
     * @param batching whose budget says how large batches will be
     * @param maxItems most items that one run may hold
     * @param longest most tokens of an item
     * @param first an item, whose tokens the items are made of
     * @param clock nanoseconds
     */
    static RunCost measure(
            Batching batching, int maxItems, int longest, Encoding first, Runner model, LongSupplier clock) {
        long end = clock.getAsLong() + ENOUGH_NANOS;
        List<Timing> timings = new ArrayList<>();
        for (BatchShape shape : shapes(batching, maxItems, longest)) {
            List<Encoding> batch = Collections.nCopies(shape.rows(), WarmUp.ofLength(first, shape.columns()));
            long nanos = shortest(batch, model, clock, end);
            if (nanos > 0) {
                timings.add(new Timing(
                        batching.padding().rows(shape.rows()),
                        batching.padding().columns(shape.columns()),
                        nanos));
            }
        }
        return timings.isEmpty() ? RunCost.UNKNOWN : RunCost.fit(timings);
    }

    /** Returns the nanoseconds of the shortest of a few runs; 0 where the batch does not run, as it is too large. */
    private static long shortest(List<Encoding> batch, Runner model, LongSupplier clock, long end) {
        long shortest = Long.MAX_VALUE;
        try {
            for (int i = 0; i < REPEATS && (i == 0 || clock.getAsLong() < end); i++) {
                long since = clock.getAsLong();
                var unused = model.run(batch);
                shortest = Math.min(shortest, Math.max(1, clock.getAsLong() - since));
            }
            return shortest;
        } catch (InferenceException tooLarge) {
            return 0; // such batches will be halved
        }
    }

    /** Returns shapes from a single item to a full batch, of short to long items. */
    private static Set<BatchShape> shapes(Batching batching, int maxItems, int longest) {
        Set<BatchShape> shapes = new LinkedHashSet<>();
        for (int usual : COLUMNS) {
            int columns = Math.min(usual, longest);
            int most = Math.min(maxItems, batching.most(columns));
            IntStream.of(1, Math.max(1, most / 4), most).forEach(rows -> shapes.add(new BatchShape(rows, columns)));
        }
        return shapes;
    }
}
