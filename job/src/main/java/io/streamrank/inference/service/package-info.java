// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Defines what the operators ask of models: scores and vectors, wherever the model runs. */
@NullMarked
package io.streamrank.inference.service;

import org.jspecify.annotations.NullMarked;
