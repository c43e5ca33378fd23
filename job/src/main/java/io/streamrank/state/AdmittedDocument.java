// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.Version;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Remembers a document that {@code admit-documents} let through.
 *
 * @param digest first 16 bytes of SHA-256 of how a document's text was made and the record's value
 */
public record AdmittedDocument(Version version, byte[] digest) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AdmittedDocument that
                && version.equals(that.version)
                && Arrays.equals(digest, that.digest);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }
}
