// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import io.streamrank.local.client.TopicNames;
import io.streamrank.local.console.Console;
import org.apache.flink.core.execution.JobClient;

/** Tells how to use what is running, and waits until it is stopped. */
record KeepRunning(Console console, String bootstrapServers, TopicNames topics) {
    void until(JobClient job) throws Exception {
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
