// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static io.streamrank.local.command.OptionChecks.requirePositive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.CodecException;
import io.streamrank.codec.FilterCodec;
import io.streamrank.codec.InvalidJsonException;
import io.streamrank.codec.StrictJson;
import io.streamrank.event.BlankText;
import io.streamrank.local.client.Answer;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.client.QueryClient;
import io.streamrank.local.client.RejectedRecord;
import io.streamrank.local.client.TopicAdmin;
import io.streamrank.local.client.TopicNames;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.InputException;
import io.streamrank.local.console.RankingTable;
import io.streamrank.local.data.QueryFile;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs {@code ./streamrank ask}: sends one query and prints its answer. */
@Command(
        name = "ask",
        description = "Sends one query to a running job and prints its answer.",
        footer = {
            "  ./streamrank ask \"how do I stop a consumer from re-reading old messages\"",
            "  ./streamrank ask --collection movies --filter '{\"year\":{\"gte\":2000}}' --top-n 3 --json \"space opera\""
        })
public final class AskCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LongSupplier clock = System::nanoTime;

    @Parameters(paramLabel = "QUERY", description = "What to ask.")
    private String text = "";

    @Mixin
    private KafkaClientOptions kafka = new KafkaClientOptions();

    @Mixin
    private TopicOptions topicOptions = new TopicOptions();

    @Option(names = "--top-n", paramLabel = "N", defaultValue = "5", description = "Hits in the answer.")
    private int topN;

    @Option(names = "--candidates", paramLabel = "N", defaultValue = "50", description = "Documents to rerank.")
    private int candidates;

    @Option(names = "--collection", paramLabel = "NAME", description = "The collection to search. Default: the job's.")
    private @Nullable String collection;

    @Option(names = "--filter", paramLabel = "JSON", description = "A filter on metadata, as in a query record.")
    private @Nullable String filter;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long to wait for the answer, with its reply if you ask for one.")
    private int timeout;

    @Option(
            names = "--reply",
            description = "Ask for a reply that is written from the best documents, if the job has a reply.endpoint.")
    private boolean reply;

    @Option(names = "--json", description = "Print the answer as it is on the topic.")
    private boolean json;

    @Mixin
    private ConsoleMixin terminal = new ConsoleMixin();

    @Override
    public Integer call() throws Exception {
        ObjectNode query = query();
        KafkaConnection connection = kafka.connection();
        TopicNames topics = topicOptions.names();
        try (TopicAdmin admin = new TopicAdmin(connection)) {
            admin.require(
                    List.of(topics.queries(), topics.results(), topics.deadLetters()),
                    "start the job with ./streamrank run or ./streamrank demo --keep-running");
        }
        try (QueryClient queries = new QueryClient(connection, topics)) {
            String request = UUID.randomUUID().toString();
            queries.send(query.put("id", request), request, 0);
            print(await(queries, request, connection, topics));
        }
        return 0;
    }

    ObjectNode query() {
        requirePositive("--top-n", topN);
        requirePositive("--candidates", candidates);
        requirePositive("--timeout", timeout);
        if (BlankText.isBlank(text)) {
            throw new InputException("the query is empty: ask something");
        }
        ObjectNode query = QueryFile.plain(text).put("candidates", Math.max(candidates, topN));
        // For the table, which shows what retrieval alone would have answered, too.
        query.put("top_n", json ? topN : Math.max(candidates, topN)).put("return_documents", true);
        if (reply) {
            // So that the hits come in time, even if the model is too slow; a tenth is for the way.
            query.put("reply", true).put("timeout_ms", timeout * 900L);
        }
        if (collection != null) {
            query.put("collection", collection);
        }
        if (filter != null) {
            query.set("filter", parse(filter));
        }
        return query;
    }

    private static JsonNode parse(String filter) {
        String problem;
        try {
            JsonNode parsed = StrictJson.parse(filter);
            FilterCodec.parse(filter);
            return parsed;
        } catch (InvalidJsonException wrong) {
            problem = wrong.in(1);
        } catch (CodecException wrong) {
            problem = "is no filter: " + wrong.getMessage();
        }
        throw new InputException("--filter " + problem + ". Write a filter such as {\"year\":{\"gte\":2000}}"
                + (filter.isBlank() ? "" : " and not " + filter));
    }

    private JsonNode await(QueryClient queries, String request, KafkaConnection connection, TopicNames topics)
            throws Exception {
        long deadline = clock.getAsLong() + Duration.ofSeconds(timeout).toNanos();
        while (clock.getAsLong() < deadline) {
            Answer answer = queries.answer(Duration.ofMillis(100));
            if (answer != null && answer.request().equals(request)) {
                return answer.result();
            }
            for (RejectedRecord refusal = queries.refusal(); refusal != null; refusal = queries.refusal()) {
                if (request.equals(refusal.request())) {
                    throw new InputException("the job refuses the query: " + refusal.reason());
                }
            }
        }
        throw new IllegalStateException("no answer came within " + timeout + " s: is the job running, does it read the"
                + " topic \"" + topics.queries() + "\" at " + connection.bootstrapServers()
                + ", and has it loaded its documents?");
    }

    private void print(JsonNode result) throws JsonProcessingException {
        Console console = terminal.console();
        if (json) {
            console.out().println(JSON.writeValueAsString(result));
            console.out().flush();
        } else {
            new RankingTable(console, topN).print(result);
        }
    }
}
