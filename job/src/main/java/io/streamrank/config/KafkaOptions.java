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
    /** Time that a restart may take; a transaction must outlive it and the checkpoint interval together. */
    static final Duration RESTART = Duration.ofMinutes(1);

    private static final String TOPIC_NAME = "a topic name (1 to 249 of a-z, A-Z, 0-9, '.', '_', '-')";
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
    private static final Pattern TOPIC_OR_PREFIX = Pattern.compile("[a-zA-Z0-9._-]{1,249}|[a-zA-Z0-9._-]{0,248}\\*");

    static final Option<String> BOOTSTRAP_SERVERS = Option.optionalText(
            "kafka.bootstrap-servers",
            "one or more host:port, separated by commas",
            Option::filled,
            "Brokers to start from.");
    static final Option<String> GROUP_ID = Option.text(
            "kafka.group-id",
            "streamrank",
            "a name that is not empty",
            Option::filled,
            "Consumer group of the job. It commits its offsets with each checkpoint, for you to see its lag and for a start without state.");
    static final Option<String> DOCUMENTS =
            topic("documents", "documents", "Documents come from here; compacted when the job creates it.");
    static final Option<String> QUERIES = topic("queries", "queries", "Queries come from here.");
    static final Option<String> RESULTS = topic(
            "results",
            "ranked-results",
            "Answers go here, one for each query. In a compacted topic the answer to a query without a key gets topic-partition-offset of the query as its key.");
    static final Option<String> DEAD_LETTERS = topic(
            "dead-letters",
            "dead-letters",
            "Records that cannot be read go here as they came, with the reason in headers. In a compacted topic, which keeps only the newest of a key, one without a key gets its topic-partition-offset as its key.");
    static final Option<Boolean> CREATE = Option.flag(
            "kafka.topics.create",
            true,
            "Whether the job creates topics that are missing. If not, it refuses to start without them.");
    static final Option<Integer> PARTITIONS = Option.integer(
            "kafka.topics.partitions",
            "Partitions of a created topic; -1 leaves it to the broker. The queries topic's partitions bound how many readers work.",
            4,
            "-1 or a whole number from 1 to 10000",
            n -> n == -1 || (n >= 1 && n <= 10_000));
    static final Option<Integer> REPLICATION_FACTOR = Option.integer(
            "kafka.topics.replication-factor",
            "Copies of a created topic; -1 leaves it to the broker.",
            -1,
            "-1 or a whole number from 1 to 100",
            n -> n == -1 || (n >= 1 && n <= 100));
    static final Option<List<String>> REPLY_TOPICS = Option.names(
            "kafka.reply-topics",
            "topic names or prefix* patterns, separated by commas",
            TOPIC_OR_PREFIX.asMatchPredicate(),
            "Topics that a query may choose for its answer with the header kafka_replyTopic; never one that the job reads,"
                    + " its dead letters, or one of Kafka's own (__ at the beginning). Empty: the header is ignored.");
    static final Option<StartAt> QUERIES_START = Option.choice(
            "kafka.queries.start",
            StartAt.COMMITTED,
            "Where to read queries from when the job starts without state. committed: from the group's offsets, else from the earliest.");
    static final Option<Delivery> DELIVERY = Option.choice(
            "delivery",
            Delivery.AT_LEAST_ONCE,
            "exactly-once writes results and dead letters in transactions: readers with isolation.level=read_committed see each once,"
                    + " one checkpoint later than otherwise. at-least-once may write some twice after a restart.");
    static final Option<String> TRANSACTIONAL_ID_PREFIX = Option.optionalText(
            "kafka.transactional-id-prefix",
            "a name that is not empty",
            Option::filled,
            "With exactly-once, the start of the transactional ids; no two jobs on a cluster may share it. Default: the group id.");
    static final Option<Duration> TRANSACTION_TIMEOUT = Option.duration(
            "kafka.transaction-timeout",
            Duration.ofMinutes(10),
            Duration.ofSeconds(10),
            Duration.ofDays(1),
            "With exactly-once, how long the broker waits for a transaction's end. Longer than the checkpoint interval and the longest restart"
                    + " together, as results are lost otherwise; at most the broker's transaction.max.timeout.ms (15 min by default).");

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
