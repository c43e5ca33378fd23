// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import io.streamrank.local.client.TopicNames;
import io.streamrank.local.console.Console;
import java.net.URI;
import org.apache.flink.core.execution.JobClient;
import org.jspecify.annotations.Nullable;

/**
 * Tells how to use what is running, and waits until it is stopped.
 *
 * @param page the gateway's address, or null if none runs
 */
record KeepRunning(Console console, String bootstrapServers, TopicNames topics, @Nullable URI page) {
    void until(JobClient job) throws Exception {
        if (page != null) {
            console.print("");
            console.print("@|bold The page is at " + page + "|@ until Ctrl-C. Clients of Cohere's API use the same address:");
            console.print("  curl " + page + "/v2/rerank -H 'Content-Type: application/json' \\");
            console.print(
                    "    -d '{\"query\":\"who sank?\",\"documents\":[\"The shark bit.\",\"The ship sank at sea.\"],\"top_n\":1}'");
        }
        String server = " --bootstrap-server " + bootstrapServers;
        console.print("");
        console.print("@|bold Kafka is at " + bootstrapServers + "|@ until Ctrl-C. In another terminal:");
        console.print("  ./streamrank ask --bootstrap-servers " + bootstrapServers + " \"how do I compress messages\"");
        console.print("  ./streamrank load --bootstrap-servers " + bootstrapServers + " more-documents.json");
        console.print("Or with Kafka's own tools:");
        console.print("  kafka-console-consumer.sh" + server + " --topic " + topics.results());
        console.print("  echo '{\"query\":\"how do I compress messages\"}' | kafka-console-producer.sh" + server
                + " --topic " + topics.queries());
        console.print("Documents go to " + topics.documents() + " (keyed by id), refused records to "
                + topics.deadLetters() + ".");
        job.getJobExecutionResult().get();
    }
}
