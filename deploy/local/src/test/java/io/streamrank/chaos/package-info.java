// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The job on a real cluster, broker, JobManager and TaskManagers as processes of this machine, and things done to it.
 */
@NullMarked
package io.streamrank.chaos;

import org.jspecify.annotations.NullMarked;
