// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import java.util.concurrent.Callable;

/**
 * Adds a command of another module to the launcher; Java's {@link java.util.ServiceLoader} finds it on the class path.
 */
public interface Subcommand extends Callable<Integer> {}
