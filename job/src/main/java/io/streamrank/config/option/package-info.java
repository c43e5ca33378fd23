// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Defines typed options and how settings are read into them; knows no option by name. */
@NullMarked
package io.streamrank.config.option;

import org.jspecify.annotations.NullMarked;
