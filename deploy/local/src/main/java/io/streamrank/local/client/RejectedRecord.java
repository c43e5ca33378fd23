// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Holds a dead letter.
 *
 * @param request of a query or a load that this launcher sent; null otherwise
 * @param topic that the record was on
 * @param line of the file that it came from; 0 where it came from none
 * @param reason one sentence
 */
public record RejectedRecord(@Nullable String request, String topic, int line, String reason) {
    static RejectedRecord of(ConsumerRecord<byte[], byte[]> record) {
        String line = LauncherHeaders.text(record, LauncherHeaders.LINE);
        String topic = LauncherHeaders.text(record, LauncherHeaders.ERROR_TOPIC);
        String reason = LauncherHeaders.text(record, LauncherHeaders.ERROR_MESSAGE);
        return new RejectedRecord(
                LauncherHeaders.text(record, LauncherHeaders.REQUEST),
                topic == null ? "an unknown topic" : topic,
                line != null && line.matches("\\d{1,9}") ? Integer.parseInt(line) : 0,
                reason == null ? "no reason is given" : reason);
    }
}
