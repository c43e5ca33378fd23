// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Decodes events from JSON and encodes them; every refusal names the field, the value and the limit. */
@NullMarked
package io.streamrank.codec;

import org.jspecify.annotations.NullMarked;
