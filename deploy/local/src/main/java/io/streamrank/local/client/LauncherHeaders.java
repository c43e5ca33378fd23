// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Names record headers: ours, which the job copies from a query to its answer and to dead letters, and Kafka
 * Connect's.
 */
final class LauncherHeaders {
    /** The line of the file that a record came from. */
    static final String LINE = "streamrank_line";

    /** Which query an answer belongs to, or which load a document. */
    static final String REQUEST = "streamrank_request";

    static final String ERROR_TOPIC = "__connect.errors.topic";
    static final String ERROR_MESSAGE = "__connect.errors.exception.message";

    private LauncherHeaders() {}

    /** Returns the last value of a header as text; null where the record has none. */
    static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
