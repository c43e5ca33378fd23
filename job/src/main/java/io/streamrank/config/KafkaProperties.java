// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.EnvironmentSubstitution;
import io.streamrank.config.option.PassThrough;
import io.streamrank.config.option.Settings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads the settings of Kafka's clients, under Kafka's own names, and refuses literal secrets. EnvironmentSubstitution such as {@code
 * ${env:NAME}} stay as they are: the clients resolve them where they run, so that no secret is in the job graph.
 */
final class KafkaProperties {
    static final PassThrough ALL_CLIENTS =
            new PassThrough("kafka.properties.", "Settings of every Kafka client, such as TLS and SASL.");
    static final PassThrough CONSUMERS =
            new PassThrough("kafka.consumer.", "Settings of the consumers of documents and queries.");
    static final PassThrough PRODUCERS = new PassThrough(
            "kafka.producer.",
            "Settings of the producers of answers and dead letters. Unless you set linger.ms, answers are sent at once"
                    + " (0), and dead letters after 5 ms.");
    static final List<PassThrough> PREFIXES = List.of(ALL_CLIENTS, CONSUMERS, PRODUCERS);

    private static final String BYTES = "the job reads and writes bytes";
    private static final Map<String, String> SET_BY_THE_JOB = Map.ofEntries(
            Map.entry("bootstrap.servers", "set " + KafkaOptions.BOOTSTRAP_SERVERS.key()),
            Map.entry("group.id", "set " + KafkaOptions.GROUP_ID.key()),
            Map.entry("auto.offset.reset", "set " + KafkaOptions.QUERIES_START.key()),
            Map.entry("enable.auto.commit", "offsets are committed with each checkpoint"),
            Map.entry("transactional.id", "set " + KafkaOptions.TRANSACTIONAL_ID_PREFIX.key()),
            Map.entry("transaction.timeout.ms", "set " + KafkaOptions.TRANSACTION_TIMEOUT.key()),
            Map.entry("key.deserializer", BYTES),
            Map.entry("value.deserializer", BYTES),
            Map.entry("key.serializer", BYTES),
            Map.entry("value.serializer", BYTES));

    private static final String LARGEST_REQUEST = "max.request.size";
    private static final Pattern BYTE_COUNT = Pattern.compile("[1-9]\\d{0,8}");

    private KafkaProperties() {}

    static Map<String, String> read(Settings settings, PassThrough clients) {
        Map<String, String> properties = new TreeMap<>(settings.below(clients.prefix()));
        properties.forEach((name, value) -> check(settings, clients.prefix() + name, name, value));
        return properties;
    }

    private static void check(Settings settings, String key, String name, String value) {
        String instead = SET_BY_THE_JOB.get(name);
        if (name.isEmpty()) {
            settings.problem(key + " lacks the name of a Kafka setting after its last dot");
        } else if (instead != null) {
            settings.problem(key + " is set by the job; " + instead);
        } else if (EnvironmentSubstitution.shorthandIn(value)) {
            settings.problem(key + " has a reference that Kafka cannot resolve; write ${env:NAME}");
        } else if (Secrets.namedBy(name) && Secrets.literalIn(name, value)) {
            settings.problem(
                    key + " holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients"
                            + " resolve on the machine where they run");
        } else if (Secrets.inAddress(value)) {
            settings.problem(
                    key + " holds an address with a password; leave it out, and set it where Kafka has a setting"
                            + " for it");
        } else if (name.equals(LARGEST_REQUEST) && !BYTE_COUNT.matcher(value).matches()) {
            settings.problem(
                    key + " must be a whole number of bytes, as the job fits answers into it: \"" + value + "\"");
        }
    }
}
