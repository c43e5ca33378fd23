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

    private static final double MOST = 17;
    private static final double LEAST = -104;

    abstract double apply(float logit);

    /** Returns the logit of a probability. A float holds none of a logit beyond 17 or -104, where it is 1 or 0. */
    static float logit(float probability) {
        double logit = Math.log(probability) - Math.log1p(-(double) probability);
        return (float) Math.max(LEAST, Math.min(MOST, logit));
    }
}
