// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.config.option.ConfigException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigProblemsTest {
    @Test
    void allProblemsAreReportedAtOnce() {
        assertThatThrownBy(() -> JobConfig.of(
                        Map.of(
                                "rerank.tiemout", "5 s",
                                "query.top-n", "0",
                                "delivery", "exactly_once",
                                "kafka.topics.results", "queries",
                                "limits.record-size", "huge"),
                        Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("""
                        The configuration has 6 problems:
                        - rerank.tiemout is not an option; did you mean rerank.timeout?
                        - kafka.topics.results must differ from kafka.topics.queries: both are "queries"
                        - kafka.bootstrap-servers is required: one or more host:port, separated by commas, such as localhost:9092
                        - delivery must be at-least-once or exactly-once: "exactly_once"
                        - limits.record-size must be a size with its unit (bytes, kb, mb) from 1 kb to 64 mb: "huge"
                        - query.top-n must be a whole number from 1 to 100000: "0\"""");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    query.top-n | ten | query.top-n must be a whole number from 1 to 100000: "ten"
                    query.top-n | 99999999999 | query.top-n must be a whole number from 1 to 100000: "99999999999"
                    query.top-n | 1.5 | query.top-n must be a whole number from 1 to 100000: "1.5"
                    query.return-documents | yes | query.return-documents must be true or false: "yes"
                    query.timeout | 30 | query.timeout must be a time with its unit (ms, s, min, h) from 0 ms to 1 h: "30"
                    query.timeout | 2 h | query.timeout must be a time with its unit (ms, s, min, h) from 0 ms to 1 h: "2 h"
                    query.timeout | PT-1S | query.timeout must be a time with its unit (ms, s, min, h) from 0 ms to 1 h: "PT-1S"
                    query.timeout | 5 sheep | query.timeout must be a time with its unit (ms, s, min, h) from 0 ms to 1 h: "5 sheep"
                    rerank.timeout | 0 | rerank.timeout must be a time with its unit (ms, s, min, h) from 1 ms to 1 h: "0"
                    rerank.max-queued-tokens | -1 | rerank.max-queued-tokens must be a whole number from 1 to 1000000000000: "-1"
                    limits.record-size | 1 gb | limits.record-size must be a size with its unit (bytes, kb, mb) from 1 kb to 64 mb: "1 gb"
                    documents.text-style | labeled | documents.text-style must be plain or labelled: "labeled"
                    models.embedder.pooling | max | models.embedder.pooling must be cls or mean: "max"
                    models.reranker.activation | softmax | models.reranker.activation must be sigmoid or none: "softmax"
                    models.embedder.sha256 | abc | models.embedder.sha256 must be 64 hexadecimal digits: "abc"
                    models.reranker.uri | /models/mine | models.reranker.uri must be builtin:name, hf:org/name[@revision], file:/directory or another file system's URI such as s3://bucket/model, without a password, or cohere:model, voyage:model, jina:model, together:model or tei:http://host:port for an API: "/models/mine"
                    models.reranker.uri | hf:name | models.reranker.uri must be builtin:name, hf:org/name[@revision], file:/directory or another file system's URI such as s3://bucket/model, without a password, or cohere:model, voyage:model, jina:model, together:model or tei:http://host:port for an API: "hf:name"
                    kafka.queries.start | newest | kafka.queries.start must be committed, earliest or latest: "newest"
                    kafka.topics.partitions | 0 | kafka.topics.partitions must be -1 or a whole number from 1 to 10000: "0"
                    kafka.topics.queries | my queries | kafka.topics.queries must be a topic name (1 to 249 of a-z, A-Z, 0-9, '.', '_', '-'): "my queries"
                    kafka.reply-topics | a, *b | kafka.reply-topics must be topic names or prefix* patterns, separated by commas: "a, *b"
                    kafka.group-id | `` | kafka.group-id must be a name that is not empty: ""
                    kafka.group-id | ${NOWHERE} | kafka.group-id refers to ${NOWHERE}, which is not set in the environment
                    kafka.group-id | ${EMPTY} | kafka.group-id must be a name that is not empty: "${EMPTY}", where ${EMPTY} is empty in the environment
                    query.timeout | ${EMPTY}${env:NOTHING} | query.timeout must be a time with its unit (ms, s, min, h) from 0 ms to 1 h: "${EMPTY}${env:NOTHING}", where ${EMPTY} and ${env:NOTHING} are empty in the environment
                    query.top-n | ${EMPTY:-some} | query.top-n must be a whole number from 1 to 100000: "${EMPTY:-some}"
                    rerank.score-cache-size | 512 | rerank.score-cache-size must be a size with its unit (bytes, kb, mb) from 0 bytes to 64 gb: "512"
                    models.gpu-memory | 4 | models.gpu-memory must be a size with its unit (bytes, kb, mb) from 0 bytes to 1099511627776 bytes: "4"
                    limits.metadata-size | 01023 | limits.metadata-size must be a size with its unit (bytes, kb, mb) from 0 bytes to 1 mb: "01023"
                    kafka.group-id | ${file:/etc/x:id} | kafka.group-id has ${file:/etc/x:id}, which is resolved only under kafka.properties., kafka.consumer. and kafka.producer.; write ${NAME} for an environment variable
                    query.top-n | ${NOT_A_NUMBER} | query.top-n must be a whole number from 1 to 100000: "${NOT_A_NUMBER}"
                    """)
    void wrongValueIsQuotedWithWhatItMustBe(String key, String value, String problem) {
        assertThat(problems(Map.of(key, value))).containsExactly(problem);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    kafka.properties.sasl.jaas.config | X required username="u" password="hush"; | holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients resolve on the machine where they run
                    kafka.properties.sasl.jaas.config | X required username="${env:U}" password="hush"; | holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients resolve on the machine where they run
                    kafka.properties.sasl.jaas.config | X required password=hush username="${env:U}"; | holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients resolve on the machine where they run
                    kafka.properties.sasl.jaas.config | com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true keyTab= "/etc/x.keytab" password="hush"; | holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients resolve on the machine where they run
                    kafka.properties.sasl.jaas.config | X required username="u" password=";hush"; | holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients resolve on the machine where they run
                    kafka.properties.sasl.jaas.config | X required username="u" password=" hush"; | holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients resolve on the machine where they run
                    kafka.properties.sasl.jaas.config | X required pwd="hush"; | holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients resolve on the machine where they run
                    kafka.properties.sasl.jaas.config | X required oauth.client.assertion="hush"; | holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients resolve on the machine where they run
                    kafka.producer.sasl.jaas.config | X required password="${env:HALF}hush"; | holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients resolve on the machine where they run
                    kafka.consumer.ssl.key.password | hush | holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients resolve on the machine where they run
                    kafka.producer.ssl.keystore.key | hush | holds a literal secret; write ${env:NAME} or ${file:/path:key}, which the Kafka clients resolve on the machine where they run
                    kafka.properties.client.id | ${HOST} | has a reference that Kafka cannot resolve; write ${env:NAME}
                    kafka.properties.client.rack | ${env:RACK:-a} | has a reference that Kafka cannot resolve; write ${env:NAME}
                    kafka.properties.bootstrap.servers | b:1 | is set by the job; set kafka.bootstrap-servers
                    kafka.consumer.enable.auto.commit | true | is set by the job; offsets are committed with each checkpoint
                    kafka.producer.value.serializer | Json | is set by the job; the job reads and writes bytes
                    kafka.producer.max.request.size | 1 mb | must be a whole number of bytes, as the job fits answers into it: "1 mb"
                    kafka.properties.sasl.oauthbearer.token.endpoint.url | https://me:hush@id.example/token | holds an address with a password; leave it out, and set it where Kafka has a setting for it
                    flink.containerized.master.env.HTTPS_PROXY | http://me:hush@proxy:3128 | holds a secret, and a job's settings are visible to all who see the job; set it in the cluster's own configuration
                    flink.env.java.opts.all | -Djavax.net.ssl.keyStore=/k -Djavax.net.ssl.keyStorePassword=hush | holds a secret, and a job's settings are visible to all who see the job; set it in the cluster's own configuration
                    flink.fs.azure.sas.container.account | ?sv=2024&sig=hush | holds a secret, and a job's settings are visible to all who see the job; set it in the cluster's own configuration
                    kafka.properties. | hush | lacks the name of a Kafka setting after its last dot
                    flink.s3.secret-key | hush | holds a secret, and a job's settings are visible to all who see the job; set it in the cluster's own configuration
                    flink.pipeline.generic-types | true | must be false, or later versions could not read the job's state
                    flink.execution.checkpointing.interval | often | must be a time with its unit, such as 10 s: "often"
                    flink.execution.checkpointing.mode | ONCE | must be EXACTLY_ONCE or AT_LEAST_ONCE: "ONCE"
                    flink.execution.checkpointing.tolerable-failed-checkpoints | many | must be a whole number, of checkpoints in a row: "many"
                    flink. | hush | lacks the name of a Flink setting after its dot
                    """)
    void whatIsNotHandedOnIsRefusedWithoutItsSecret(String key, String value, String problem) {
        assertThat(problems(Map.of(key, value)))
                .containsExactly(key + " " + problem)
                .noneMatch(p -> p.contains("hush"));
    }

    @Test
    void kafkaSettingsWhoseNamesOnlySoundSecretPass() {
        assertThat(problems(Map.of(
                        "kafka.properties.sasl.oauthbearer.token.endpoint.url", "https://id.example/token",
                        "kafka.consumer.sasl.oauthbearer.token.endpoint.url", "https://id.example:8443/r?user=me@x",
                        "kafka.producer.sasl.oauthbearer.token.endpoint.url", "https://${env:U}:${env:P}@id.example/t",
                        "flink.env.java.opts.all", "-Djavax.net.ssl.keyStore=/etc/keys.p12 -Dx.y=signal=9",
                        "kafka.properties.ssl.keystore.location", "/etc/keys.p12",
                        "flink.security.delegation.tokens.enabled", "false",
                        "kafka.properties.ssl.keystore.password", "${file:/etc/secrets.properties:keystore}",
                        "kafka.properties.sasl.jaas.config",
                                "X required clientId=\"me\" clientSecret=\"${env:SECRET}\" scope=\"kafka\";",
                        "kafka.properties.ssl.key.password", "")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    software.amazon.msk.auth.iam.IAMLoginModule required;
                    software.amazon.msk.auth.iam.IAMLoginModule required awsProfileName="prod";
                    org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required ;
                    com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true keyTab="/etc/x.keytab" principal="job@EXAMPLE.ORG";
                    com.sun.security.auth.module.Krb5LoginModule required useTicketCache=true;
                    X required username="id" password=${env:HMAC} tokenauth=true;
                    X required username='${env:U}' password='${file:/etc/k:p}';
                    """)
    void aLoginModuleWithoutALiteralSecretPasses(String jaas) {
        assertThat(problems(Map.of("kafka.properties.sasl.jaas.config", jaas, "kafka.consumer.sasl.jaas.config", jaas)))
                .isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    rerank.cascade-keep | 10 | without models.cascade.uri; set that, or leave this out
                    models.cascade.file | c.onnx | without models.cascade.uri; set that, or leave this out
                    models.cascade.max-tokens | 64 | without models.cascade.uri; set that, or leave this out
                    models.cascade.activation | none | without models.cascade.uri; set that, or leave this out
                    models.cascade.sha256 | 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef | without models.cascade.uri; set that, or leave this out
                    reply.model | m | without reply.endpoint; set that, or leave this out
                    models.embedder.file | e.onnx | if models.embedder.uri is none; leave it out, or change the URI
                    models.embedder.max-tokens | 64 | if models.embedder.uri is none; leave it out, or change the URI
                    models.embedder.sha256 | 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef | if models.embedder.uri is none; leave it out, or change the URI
                    models.embedder.query-prefix | q: | if models.embedder.uri is none; leave it out, or change the URI
                    models.embedder.passage-prefix | `` | if models.embedder.uri is none; leave it out, or change the URI
                    models.embedder.pooling | cls | if models.embedder.uri is none; leave it out, or change the URI
                    """)
    void anOptionThatDoesNothingIsRefused(String key, String value, String problem) {
        assertThat(problems(Map.of(key, value, "models.embedder.uri", "none", "corpus.dimension", "3")))
                .containsExactly(key + " has no effect " + problem);
    }

    @Test
    void aCascadeWhoseUriIsWrongIsNotReportedTwice() {
        assertThat(problems(Map.of("models.cascade.uri", "cohere:r", "rerank.cascade-keep", "10")))
                .singleElement()
                .asString()
                .startsWith("models.cascade.uri must be ");
    }

    @Test
    void defaultsOfQueriesStayWithinTheLimits() {
        assertThat(problems(Map.of("query.candidates", "2000", "query.top-n", "3000")))
                .containsExactly(
                        "query.candidates must be at most limits.candidates (1000): 2000",
                        "query.top-n must be at most query.candidates (2000): 3000",
                        "query.top-n must be at most limits.top-n (1000): 3000");
    }

    @Test
    void aWrongBoundIsNotReportedTwice() {
        assertThat(problems(Map.of("query.candidates", "2000", "limits.candidates", "many")))
                .containsExactly("limits.candidates must be a whole number from 1 to 100000: \"many\"");
    }

    @Test
    void answersMustNotBeReadAsInput() {
        assertThat(problems(Map.of("kafka.reply-topics", "replies,queries")))
                .containsExactly(
                        "kafka.reply-topics must not name the topic of kafka.topics.queries, or answers would be read as"
                                + " input: \"queries\"");
    }

    @Test
    void answersGoNeitherBetweenDeadLettersNorToKafkasOwnTopics() {
        assertThat(problems(Map.of("kafka.reply-topics", "dead-letters, __consumer_offsets, __*, *")))
                .containsExactly(
                        "kafka.reply-topics must not name the topic of kafka.topics.dead-letters, or answers would be taken"
                                + " for refused records: \"dead-letters\"",
                        "kafka.reply-topics must not name topics of Kafka's own, which begin with __: \"__consumer_offsets\"",
                        "kafka.reply-topics must not name topics of Kafka's own, which begin with __: \"__*\"");
    }

    @Test
    void transactionsOutliveCheckpointAndRestart() {
        assertThat(problems(Map.of(
                        "delivery", "exactly-once",
                        "kafka.transaction-timeout", "6 min",
                        "flink.execution.checkpointing.interval", "5 min")))
                .containsExactly(
                        "kafka.transaction-timeout must be longer than the checkpoint interval and a restart together"
                                + " (5 min + 1 min), or the broker drops results before they are committed: \"6 min\"");
        assertThat(problems(Map.of(
                        "kafka.transaction-timeout", "6 min", "flink.execution.checkpointing.interval", "5 min")))
                .isEmpty();
    }

    @Test
    void transactionsNeedCheckpoints() {
        assertThat(problems(Map.of("delivery", "exactly-once", "flink.execution.checkpointing.interval", "0 s")))
                .containsExactly("delivery exactly-once needs checkpoints, which commit its transactions;"
                        + " flink.execution.checkpointing.interval turns them off: \"0 ms\"");
        assertThat(problems(Map.of("delivery", "exactly-once", "flink.execution.checkpointing.mode", "AT_LEAST_ONCE")))
                .containsExactly(
                        "delivery exactly-once needs flink.execution.checkpointing.mode EXACTLY_ONCE: \"AT_LEAST_ONCE\"");
    }

    /** The problems of an otherwise complete configuration. */
    private static List<String> problems(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("kafka.bootstrap-servers", "localhost:9092");
        try {
            JobConfig.of(all, Map.of("NOT_A_NUMBER", "hush", "EMPTY", "", "NOTHING", ""));
            return List.of();
        } catch (ConfigException refused) {
            return refused.problems();
        }
    }
}
