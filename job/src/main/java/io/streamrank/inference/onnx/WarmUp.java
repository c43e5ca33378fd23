// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.Encoding;
import io.streamrank.inference.InferenceException;
import io.streamrank.inference.ModelException;
import io.streamrank.inference.onnx.OnnxSession.Output;
import java.io.IOException;
import java.util.List;

/** First runs of a model, before any record meets it: they show what its files do not say. */
final class WarmUp {
    private WarmUp() {}

    static Output run(ModelFolder folder, OnnxSession session, Encoding encoding) throws ModelException {
        try {
            return session.run(List.of(encoding));
        } catch (InferenceException e) {
            throw new ModelException(
                    "Model " + folder.name() + " loads but does not run; " + e.getMessage() + "; export it again.", e);
        }
    }

    /**
     * Most items that one run may hold. One for graphs with dynamically quantised activations, where ONNX Runtime takes
     * one scale for a whole tensor, so that an item's result would depend on its neighbours; and one for graphs that
     * were exported for one item.
     */
    static int maxBatchSize(ModelFolder folder, OnnxSession session, Encoding first, Encoding second)
            throws ModelException {
        try {
            if (DynamicQuantization.isIn(folder.weightsFile())) {
                return 1;
            }
            Output output = session.run(List.of(first, second));
            return output.shape().length > 0 && output.shape()[0] == 2 ? Integer.MAX_VALUE : 1;
        } catch (InferenceException e) {
            return 1;
        } catch (IOException e) {
            throw new ModelException("Model " + folder.name() + " cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
