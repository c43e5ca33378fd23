// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import java.util.Objects;

/**
 * Reports a record that breaks the wire contract. Its message is one sentence with the field's path, the value (shortened,
 * always printable) and the limit. It has no stack trace, so that a flood of bad records is cheap to refuse.
 */
public final class CodecException extends Exception {
    private final String cause;

    CodecException(String cause, String message) {
        super(message, null, false, false);
        this.cause = cause;
    }

    /**
     * Returns a short constant name for counting: {@code malformed-json}, {@code not-utf8}, {@code too-large}, {@code
     * missing-field}, {@code wrong-type}, {@code out-of-range}, {@code bad-filter} or {@code key-mismatch}.
     */
    public String cause() {
        return cause;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    static CodecException malformed(String message) {
        return new CodecException("malformed-json", message);
    }

    static CodecException tooLarge(String message) {
        return new CodecException("too-large", message);
    }

    static CodecException missing(String message) {
        return new CodecException("missing-field", message);
    }

    static CodecException wrongType(String message) {
        return new CodecException("wrong-type", message);
    }

    static CodecException outOfRange(String message) {
        return new CodecException("out-of-range", message);
    }

    static CodecException badFilter(String message) {
        return new CodecException("bad-filter", message);
    }
}
