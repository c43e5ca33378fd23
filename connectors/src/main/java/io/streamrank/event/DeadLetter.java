// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Holds a record that could not be used, with the reason.
 *
 * @param record the record, byte for byte
 * @param stage the step that refused it
 * @param cause a short constant name for counting, e.g. {@code malformed-json}
 * @param exception class name of the failure
 * @param message one sentence that names the field, the value and the limit
 */
public record DeadLetter(RawRecord record, Stage stage, String cause, String exception, String message) {}
