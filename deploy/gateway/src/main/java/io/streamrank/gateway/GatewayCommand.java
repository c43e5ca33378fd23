// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway;

import io.streamrank.gateway.http.ApiKeys;
import io.streamrank.gateway.http.HttpSettings;
import io.streamrank.gateway.kafka.KafkaSettings;
import io.streamrank.gateway.query.GatewayFile;
import io.streamrank.gateway.query.GatewayInputException;
import io.streamrank.gateway.query.Timeouts;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs {@code gateway}, alone or as a command of the launcher, until it is stopped. */
@Command(
        name = "gateway",
        description = "Answers HTTP requests with a running job: the rerank APIs of Cohere, Jina, Voyage and"
                + " text-embeddings-inference, and search.",
        footer = {
            "  ./streamrank gateway --bootstrap-servers kafka:9092",
            "  ./streamrank gateway --host 0.0.0.0 --api-keys-file keys.txt"
        })
public final class GatewayCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:9092",
            description = "Address of Kafka.")
    private String bootstrapServers = "localhost:9092";

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "Client properties (TLS, SASL), as Kafka's own tools take them.")
    private @Nullable Path commandConfig;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = HttpSettings.LOOPBACK,
            description = "Address to listen at. Any but the loopback address needs --api-keys-file or --no-auth.")
    private String host = HttpSettings.LOOPBACK;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port to listen at. 0: any that is free.")
    private int port;

    @Option(
            names = "--api-keys-file",
            paramLabel = "FILE",
            description = "Keys that clients must send as Authorization: Bearer KEY, one a line.")
    private @Nullable Path apiKeysFile;

    @Option(
            names = "--documents-keys-file",
            paramLabel = "FILE",
            description = "Keys for writing documents, one a line. Without this nobody may write, unless --no-auth.")
    private @Nullable Path documentsKeysFile;

    @Option(names = "--no-auth", description = "Serve everyone who reaches the gateway, without a key.")
    private boolean noAuth;

    @Option(
            names = "--max-in-flight",
            paramLabel = "N",
            defaultValue = "256",
            description = "Queries that may wait for answers at the same time. More get status 429.")
    private int maxInFlight;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "4",
            description =
                    "How long the job may take if a request does not say. For a request that asks for a reply at least"
                            + " 30 s.")
    private double timeout;

    @Option(
            names = "--max-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "The longest timeout that a request can ask for.")
    private double maxTimeout;

    @Option(
            names = "--max-body-bytes",
            paramLabel = "N",
            defaultValue = "1048576",
            description = "Most bytes of a query. Set limits.record-size of the job to the same.")
    private int maxBodyBytes;

    @Option(
            names = "--max-documents",
            paramLabel = "N",
            defaultValue = "1000",
            description =
                    "Most documents of a query. Set limits.inline-documents and limits.top-n of the job to the same.")
    private int maxDocuments;

    @Option(
            names = "--limit",
            paramLabel = "NAME=VALUE",
            description = "Another of the job's limits.*, by its name, such as query-chars=20000. Sizes are in bytes."
                    + " Set the job's option to the same.")
    private Map<String, Integer> limits = new HashMap<>();

    @Option(names = "--queries-topic", paramLabel = "TOPIC", defaultValue = "queries")
    private String queriesTopic = "";

    @Option(names = "--documents-topic", paramLabel = "TOPIC", defaultValue = "documents")
    private String documentsTopic = "";

    @Option(
            names = "--replies-topic",
            paramLabel = "TOPIC",
            defaultValue = KafkaSettings.REPLIES,
            description = "Topic that answers come by. kafka.reply-topics of the job must allow it.")
    private String repliesTopic = "";

    @Option(
            names = "--partition",
            paramLabel = "N",
            description =
                    "Partition of the replies topic. Default: the number at the end of the host's name, else one by"
                            + " its hash.")
    private @Nullable Integer partition;

    @Option(
            names = "--reply-partitions",
            paramLabel = "N",
            defaultValue = "12",
            description = "Partitions of the replies topic if the gateway creates it. 0: it must be there.")
    private int replyPartitions;

    @Override
    @SuppressWarnings("try") // the server runs until this is interrupted
    public Integer call() {
        CountDownLatch stop = new CountDownLatch(1);
        try (GatewayServer server = GatewayServer.start(config())) {
            spec.commandLine().getOut().println("The gateway answers at " + server.address());
            spec.commandLine().getOut().flush();
            stop.await();
        } catch (InterruptedException stopped) {
            // Ctrl-C, or kill: this is how it ends
        }
        return 0;
    }

    /** Returns the settings, checked. */
    GatewayConfig config() {
        require("--port", port, 0, 65_535);
        require("--max-in-flight", maxInFlight, 1, 100_000);
        require("--max-body-bytes", maxBodyBytes, 1_024, 16 << 20);
        require("--max-documents", maxDocuments, 1, 100_000);
        require("--reply-partitions", replyPartitions, 0, 10_000);
        Duration usual = seconds("--timeout", timeout);
        Duration most = seconds("--max-timeout", maxTimeout);
        if (usual.compareTo(most) > 0) {
            throw new GatewayInputException(
                    "--timeout is %s s but must not exceed --max-timeout, %s s".formatted(timeout, maxTimeout));
        }
        HttpSettings http = new HttpSettings(
                host,
                port,
                apiKeysFile == null ? null : ApiKeys.read(apiKeysFile),
                documentsKeysFile == null ? null : ApiKeys.read(documentsKeysFile),
                noAuth,
                maxBodyBytes,
                HttpSettings.MAX_UPLOAD_BYTES,
                HttpSettings.BODY_TIMEOUT,
                HttpSettings.MAX_CONNECTIONS);
        KafkaSettings kafka = new KafkaSettings(
                bootstrapServers, properties(), queriesTopic, documentsTopic, repliesTopic, partition, replyPartitions);
        return new GatewayConfig(
                http,
                kafka,
                new Timeouts(usual, most),
                GatewayLimits.of(maxBodyBytes, maxDocuments, limits),
                maxInFlight);
    }

    private Map<String, String> properties() {
        Properties properties = new Properties();
        if (commandConfig != null) {
            String text = GatewayFile.read(commandConfig, "a file of client properties, name=value, one a line");
            try {
                properties.load(new StringReader(text));
            } catch (IOException | IllegalArgumentException e) {
                throw new GatewayInputException(
                        commandConfig + " cannot be read as a file of client properties: write name=value, one a line",
                        e);
            }
        }
        Map<String, String> texts = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> texts.put(name, properties.getProperty(name)));
        return texts;
    }

    static void require(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new GatewayInputException(
                    "%s must be a whole number in [%d, %d] but is %d".formatted(option, min, max, value));
        }
    }

    private static Duration seconds(String option, double value) {
        if (!(value >= 0.001) || value > 3_600) {
            throw new GatewayInputException(
                    "%s must be a number of seconds in [0.001, 3600] but is %s".formatted(option, value));
        }
        return Duration.ofMillis(Math.round(value * 1_000));
    }
}
