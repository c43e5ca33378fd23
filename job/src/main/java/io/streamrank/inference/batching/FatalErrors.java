// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

/** Tells what breaks a model, or the whole JVM, from what one text brings about. */
final class FatalErrors {
    private FatalErrors() {}

    /**
     * Throws an error that would meet the next text too: no memory, a class or native library that cannot be linked. An
     * overflow of the stack is not among them, since a text can be nested too deeply.
     */
    static void rethrow(Throwable failure) {
        boolean broken = failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError);
        if (broken || failure instanceof LinkageError) {
            throw (Error) failure;
        }
    }
}
