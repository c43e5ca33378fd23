// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Offers models behind an API as the services that the operators call: what each API wants, and what it answers. */
@NullMarked
package io.streamrank.inference.hosted;

import org.jspecify.annotations.NullMarked;
