// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static io.streamrank.local.command.OptionChecks.requirePort;
import static io.streamrank.local.command.OptionChecks.requirePositive;
import static io.streamrank.local.command.OptionChecks.requireWritable;

import io.streamrank.codec.QueryDefaults;
import io.streamrank.config.InputFile;
import io.streamrank.config.JobConfig;
import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.InputException;
import io.streamrank.local.data.BadRecords;
import io.streamrank.local.data.FileRecord;
import io.streamrank.local.data.QueryFile;
import io.streamrank.local.demo.Demo;
import io.streamrank.local.demo.DemoGateway;
import io.streamrank.local.demo.DemoQueries;
import io.streamrank.local.demo.DemoQueryDefaults;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs {@code ./streamrank demo}: everything in one process, on the bundled corpus or the user's own data. */
@Command(
        name = "demo",
        description = {
            "Runs everything in this process - Kafka, Flink, the built-in models - and shows for each query what"
                    + " retrieval found and how the cross-encoder reordered it.",
            "",
            "Without files: questions about the configuration of Flink and Kafka, over their own reference."
        },
        footer = {
            "  ./streamrank demo",
            "  ./streamrank demo --documents movies.json --queries queries.txt",
            "  ./streamrank demo --documents books.jsonl --queries q.jsonl --output ranked.jsonl --set"
                    + " documents.embed-fields=title,blurb",
            "  ./streamrank demo --web",
            "  ./streamrank demo --keep-running"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final String CANDIDATES = "query.candidates";
    private static final String TOP_N = "query.top-n";
    private static final String REPLY_TOPICS = "kafka.reply-topics";

    /** As many as a person looks at. */
    private static final int FEW_HITS = 5;

    @Option(
            names = "--documents",
            paramLabel = "FILE",
            description =
                    "Your documents: a JSON array, or JSON objects one after the other, also packed with gzip. Any"
                            + " flat objects will do.")
    private @Nullable Path documents;

    @Option(
            names = "--queries",
            paramLabel = "FILE",
            description = "Your queries: one a line, as plain text or as JSON of the wire contract, or a JSON array.")
    private @Nullable Path queries;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write the ranked results to this file, as JSON lines, instead of showing them. They have"
                    + " documents if query.return-documents is set.")
    private @Nullable Path output;

    @Mixin
    private IdFieldOption idField = new IdFieldOption();

    @Option(
            names = "--candidates",
            paramLabel = "N",
            description = "Documents to rerank for each query. Default: query.candidates.")
    private @Nullable Integer candidates;

    @Option(names = "--top-n", paramLabel = "N", description = "Hits for each query. Default: query.top-n, or 5.")
    private @Nullable Integer topN;

    @Mixin
    private SettingsOption settings = new SettingsOption();

    @Mixin
    private ParallelismOption parallelism = new ParallelismOption();

    @Option(names = "--keep-running", description = "Keep everything running for your own producers and consumers.")
    private boolean keepRunning;

    @Option(
            names = "--web",
            description =
                    "Keep everything running, with the HTTP gateway and its page in a browser. Asks nothing by itself"
                            + " unless you give --queries.")
    private boolean web;

    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port of the page with --web, if it is free.")
    private int webPort;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "Port of Kafka with --keep-running or --web, if it is free.")
    private int port;

    @Mixin
    private ConsoleMixin terminal = new ConsoleMixin();

    @Override
    public Integer call() throws Exception {
        Console console = terminal.console();
        Map<String, String> set = checked();
        int width = parallelism.checked();
        JobConfig config = LocalJob.config(null, set);
        BadRecords badQueries = BadRecords.of("query", "queries", queries);
        List<FileRecord> list = queryList(badQueries);
        Demo demo = new Demo(
                console,
                documents,
                idField.name(),
                new DemoQueryDefaults(
                        config.query().candidates(), config.query().topN(), config.reply() != null),
                queries == null ? 1 : 4 * width,
                output,
                set,
                web ? webPort : null);
        return demo.run(list, badQueries, width, staysRunning() ? port : 0, staysRunning());
    }

    /** Returns the settings, where everything that can be known to be wrong before the start is right. */
    Map<String, String> checked() {
        requirePort("--port", port);
        requirePort("--web-port", webPort);
        Map<String, String> set = new LinkedHashMap<>(settings.withoutKafka("the demo"));
        setNumbers(set);
        if (documents != null && queries == null && !staysRunning()) {
            throw new InputException(
                    "--documents needs --queries FILE, with one query a line, or --keep-running, or --web");
        }
        if (documents != null) {
            InputFile.requireReadable(documents, "a JSON file");
        }
        if (output != null) {
            requireWritable("--output", output);
        }
        set.put(LocalJob.BOOTSTRAP_SERVERS, "localhost:9092");
        if (web) {
            allowReplies(set);
        }
        return set;
    }

    /** Adds the gateway's topic to the reply topics, which may leave it out. */
    private static void allowReplies(Map<String, String> set) {
        List<String> own = LocalJob.config(null, set).kafka().replyTopics();
        if (!own.contains(DemoGateway.REPLIES)) {
            set.put(
                    REPLY_TOPICS,
                    Stream.concat(own.stream(), Stream.of(DemoGateway.REPLIES)).collect(Collectors.joining(",")));
        }
    }

    private boolean staysRunning() {
        return keepRunning || web;
    }

    /** The options win over settings; of the two numbers, one that nobody gave gives way. */
    private void setNumbers(Map<String, String> set) {
        if (topN != null) {
            set.put(TOP_N, Integer.toString(requirePositive("--top-n", topN)));
            int usual = QueryDefaults.defaults().candidates();
            set.putIfAbsent(CANDIDATES, Integer.toString(Math.max(usual, topN)));
        }
        if (candidates != null) {
            set.put(CANDIDATES, Integer.toString(requirePositive("--candidates", candidates)));
        }
        set.putIfAbsent(TOP_N, Integer.toString(Math.min(FEW_HITS, candidates == null ? FEW_HITS : candidates)));
    }

    private List<FileRecord> queryList(BadRecords bad) throws Exception {
        if (queries != null) {
            try {
                return QueryFile.read(queries, bad);
            } catch (InputException e) {
                bad.print(terminal.console());
                throw e;
            }
        }
        return documents == null && !web ? DemoQueries.read() : List.of();
    }
}
