// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import io.streamrank.kafka.KafkaConfig;
import io.streamrank.kafka.KafkaConfig.StartAt;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Defines the options of Kafka: brokers, topics, reply topics and delivery. */
final class KafkaOptions {
    /** Says whether a restart may write results and dead letters twice. */
    enum Delivery {
        AT_LEAST_ONCE,
        EXACTLY_ONCE
    }

    /** Time that a restart may take; a transaction must outlive it and the checkpoint interval together. */
    static final Duration RESTART = Duration.ofMinutes(1);

    private static final String TOPIC_NAME = "a topic name (1 to 249 of a-z, A-Z, 0-9, '.', '_', '-')";
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
    private static final Pattern TOPIC_OR_PREFIX = Pattern.compile("[a-zA-Z0-9._-]{1,249}|[a-zA-Z0-9._-]{0,248}\\*");

    static final Option<String> BOOTSTRAP_SERVERS = Option.optionalText(
            "kafka.bootstrap-servers",
            "one or more host:port, separated by commas",
            Option::filled,
            "The first brokers to connect to.");
    static final Option<String> GROUP_ID = Option.text(
            "kafka.group-id",
            "streamrank",
            "a name that is not empty",
            Option::filled,
            "Consumer group of the job. The job commits its offsets with each checkpoint. They show its lag, and a"
                    + " start without state uses them.");
    static final Option<String> DOCUMENTS =
            topic("documents", "documents", "Topic of the documents. The job creates it as a compacted topic.");
    static final Option<String> QUERIES = topic("queries", "queries", "Topic of the queries.");
    static final Option<String> RESULTS = topic(
            "results",
            "ranked-results",
            "Topic of the answers, one for each query. In a compacted topic, the answer to a query without a key"
                    + " gets the query's topic-partition-offset as its key.");
    static final Option<String> DEAD_LETTERS = topic(
            "dead-letters",
            "dead-letters",
            "Topic of the records that cannot be used. They are unchanged, with the reason in headers. A compacted"
                    + " topic keeps only the newest record of a key, so there a record without a key gets its"
                    + " topic-partition-offset as its key.");
    static final Option<Boolean> CREATE = Option.flag(
            "kafka.topics.create",
            true,
            "Whether the job creates topics that are missing. If false, it refuses to start without them.");
    static final Option<Integer> PARTITIONS = Option.integer(
            "kafka.topics.partitions",
            "Number of partitions of a topic that the job creates. -1: the broker's default. The number of"
                    + " partitions of the queries topic limits how many readers work.",
            4,
            "-1 or a whole number from 1 to 10000",
            n -> n == -1 || (n >= 1 && n <= 10_000));
    static final Option<Integer> REPLICATION_FACTOR = Option.integer(
            "kafka.topics.replication-factor",
            "Number of replicas of a topic that the job creates. -1: the broker's default.",
            -1,
            "-1 or a whole number from 1 to 100",
            n -> n == -1 || (n >= 1 && n <= 100));
    static final Option<List<String>> REPLY_TOPICS = Option.names(
            "kafka.reply-topics",
            List.of("streamrank-replies"),
            "topic names or prefix* patterns, separated by commas",
            TOPIC_OR_PREFIX.asMatchPredicate(),
            "Topics that a query may choose for its answer with the header kafka_replyTopic, next to the results"
                    + " topic. The HTTP gateway uses streamrank-replies. Input topics, the dead-letter topic and Kafka's own"
                    + " topics (__ at the beginning) are never allowed. Empty: the results topic alone.");
    static final Option<StartAt> QUERIES_START = Option.choice(
            "kafka.queries.start",
            StartAt.COMMITTED,
            "Where the job begins to read queries when it starts without state. committed: at the group's offsets,"
                    + " or at the earliest record if there are none.");
    static final Option<Delivery> DELIVERY = Option.choice(
            "delivery",
            Delivery.AT_LEAST_ONCE,
            "at-least-once: some answers and dead letters may come twice after a restart. exactly-once: the job"
                    + " writes both in transactions. Readers with isolation.level=read_committed see each once, but only"
                    + " after the next checkpoint.");
    static final Option<String> TRANSACTIONAL_ID_PREFIX = Option.optionalText(
            "kafka.transactional-id-prefix",
            "a name that is not empty",
            Option::filled,
            "Prefix of the transactional ids, with exactly-once. Two jobs on a cluster must not share it. Default:"
                    + " the group id.");
    static final Option<Duration> TRANSACTION_TIMEOUT = Option.duration(
            "kafka.transaction-timeout",
            Duration.ofMinutes(10),
            Duration.ofSeconds(10),
            Duration.ofDays(1),
            "How long the broker waits for the end of a transaction, with exactly-once. Set it longer than the"
                    + " checkpoint interval plus the longest restart, or answers are lost. The broker's"
                    + " transaction.max.timeout.ms (15 min by default) is the upper limit.");

    static final Section SECTION = new Section(
            "Kafka",
            "The four topics must differ.",
            List.of(
                    BOOTSTRAP_SERVERS,
                    GROUP_ID,
                    DOCUMENTS,
                    QUERIES,
                    RESULTS,
                    DEAD_LETTERS,
                    CREATE,
                    PARTITIONS,
                    REPLICATION_FACTOR,
                    REPLY_TOPICS,
                    QUERIES_START,
                    DELIVERY,
                    TRANSACTIONAL_ID_PREFIX,
                    TRANSACTION_TIMEOUT));

    private KafkaOptions() {}

    static KafkaConfig read(Settings settings) {
        checkTopicsDiffer(settings);
        checkReplyTopics(settings);
        String group = settings.get(GROUP_ID);
        String transactions = settings.find(TRANSACTIONAL_ID_PREFIX);
        return new KafkaConfig(
                settings.require(BOOTSTRAP_SERVERS, "localhost:9092"),
                group,
                settings.get(DOCUMENTS),
                settings.get(QUERIES),
                settings.get(RESULTS),
                settings.get(DEAD_LETTERS),
                settings.get(REPLY_TOPICS),
                settings.get(QUERIES_START),
                settings.get(CREATE),
                settings.get(PARTITIONS),
                settings.get(REPLICATION_FACTOR),
                settings.get(DELIVERY) == Delivery.EXACTLY_ONCE,
                transactions == null ? group : transactions,
                settings.get(TRANSACTION_TIMEOUT),
                KafkaProperties.read(settings, KafkaProperties.ALL_CLIENTS),
                KafkaProperties.read(settings, KafkaProperties.CONSUMERS),
                KafkaProperties.read(settings, KafkaProperties.PRODUCERS));
    }

    private static void checkTopicsDiffer(Settings settings) {
        Map<String, Option<String>> seen = new TreeMap<>();
        for (Option<String> option : List.of(DOCUMENTS, QUERIES, RESULTS, DEAD_LETTERS)) {
            String topic = settings.get(option);
            Option<String> earlier = seen.putIfAbsent(topic, option);
            if (earlier != null) {
                settings.rule(
                        false,
                        option.key() + " must differ from " + earlier.key() + ": both are \"" + topic + "\"",
                        option,
                        earlier);
            }
        }
    }

    /** Refuses input topics, where an answer would be read as a query or a document, and Kafka's own, which refuse it. */
    private static void checkReplyTopics(Settings settings) {
        checkNoReplyTopic(settings, DOCUMENTS, "read as input");
        checkNoReplyTopic(settings, QUERIES, "read as input");
        checkNoReplyTopic(settings, DEAD_LETTERS, "taken for refused records");
        for (String topic : settings.get(REPLY_TOPICS)) {
            settings.rule(
                    !topic.startsWith("__"),
                    REPLY_TOPICS.key() + " must not name topics of Kafka's own, which begin with __: \"" + topic + "\"",
                    REPLY_TOPICS);
        }
    }

    private static void checkNoReplyTopic(Settings settings, Option<String> other, String mistaken) {
        String topic = settings.get(other);
        settings.rule(
                !settings.get(REPLY_TOPICS).contains(topic),
                REPLY_TOPICS.key() + " must not name the topic of " + other.key() + ", or answers would be " + mistaken
                        + ": \"" + topic + "\"",
                other,
                REPLY_TOPICS);
    }

    private static Option<String> topic(String name, String value, String description) {
        return Option.text("kafka.topics." + name, value, TOPIC_NAME, TOPIC.asMatchPredicate(), description);
    }
}
