// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.onnx.OnnxSession.Output;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelFolder;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads a model's graph and runs it, to find out what its files do not say: whether it runs, what it gives, and how large
 * its batches may be. Both kinds of models are loaded so.
 *
 * @param session to be closed by the owner
 * @param outputSize what the {@link OutputCheck} returned
 * @param maxBatchSize most items that one run may hold
 * @param batching what batches suit it, with what its runs were measured to cost
 * @param longest most tokens that it reads: less than the settings say, if it did not run as many
 */
record OnnxModel(OnnxSession session, int outputSize, int maxBatchSize, Batching batching, int longest) {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxModel.class);

    /** Checks what the graph gives for one item. */
    interface OutputCheck {
        /** Returns how many numbers a result has. */
        int size(Output output) throws ModelException;
    }

    /**
     * Loads the graph on the device.
     *
     * @param probes two items of different length to run
     */
    static OnnxModel load(
            ModelSettings settings, Device device, GpuGraphs.Use use, List<Encoding> probes, OutputCheck check)
            throws ModelException {
        ModelFolder folder = settings.folder();
        Encoding first = probes.get(0);
        OnnxSession session = OnnxSession.load(settings, use, device, probes);
        try {
            int outputSize = check.size(WarmUp.run(folder, session, first));
            int maxBatchSize = WarmUp.maxBatchSize(folder, session, first, probes.get(1));
            int longest = WarmUp.longest(settings, session, first);
            Batching fitting = WarmUp.fitting(
                    folder, session.provider(), session.batching(), maxBatchSize, longest, first, session::run);
            Batching batching = measured(folder, session, fitting, maxBatchSize, longest, first);
            return new OnnxModel(session, outputSize, maxBatchSize, batching, longest);
        } catch (ModelException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Measures what runs cost, if there is something to choose. */
    private static Batching measured(
            ModelFolder folder, OnnxSession session, Batching batching, int maxBatchSize, int longest, Encoding first) {
        if (maxBatchSize == 1) {
            return batching;
        }
        RunCost cost = CostMeasurement.measure(batching, maxBatchSize, longest, first, session::run, System::nanoTime);
        LOG.info(
                "A run of model {} on {} takes {} µs, {} µs for each token, and {} ns for each pair of tokens in a text",
                folder.name(),
                session.provider(),
                micros(cost.perRun()),
                micros(cost.perToken()),
                String.format(Locale.ROOT, "%.2f", cost.perAttention()));
        return batching.with(cost);
    }

    private static String micros(double nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / 1_000);
    }
}
