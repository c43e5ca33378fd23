// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Converts headers to those of Kafka's producer, and names from headers to printable text. */
final class Headers {
    private static final int MAX_SHOWN = 249; // as long as a topic's name can be

    private Headers() {}

    static List<Header> of(List<io.streamrank.event.Header> headers) {
        List<Header> copies = new ArrayList<>(headers.size() + 8);
        headers.forEach(header -> copies.add(new RecordHeader(header.key(), header.value())));
        return copies;
    }

    /** Returns the text shortened, with {@code ?} for what is not printable ASCII. */
    static String printable(String text) {
        String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) : text;
        return shown.replaceAll("[^\\x21-\\x7e]", "?");
    }
}
