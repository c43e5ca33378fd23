// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

/** Turns a cross-encoder's logit into a relevance score; in double, so that the best candidates do not tie. */
enum Activation {
    SIGMOID {
        @Override
        double apply(float logit) {
            return 1 / (1 + Math.exp(-(double) logit));
        }
    },
    IDENTITY {
        @Override
        double apply(float logit) {
            return logit;
        }
    };

    abstract double apply(float logit);
}
