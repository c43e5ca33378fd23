// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Headers as Kafka's producer takes them. */
final class Headers {
    private static final int MAX_SHOWN = 249; // as long as a topic's name can be

    private Headers() {}

    static List<Header> of(List<io.streamrank.event.Header> headers) {
        List<Header> copies = new ArrayList<>(headers.size() + 8);
        headers.forEach(header -> copies.add(new RecordHeader(header.key(), header.value())));
        return copies;
    }

    static String printable(String text) {
        String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) : text;
        return shown.replaceAll("[^\\x21-\\x7e]", "?");
    }
}
