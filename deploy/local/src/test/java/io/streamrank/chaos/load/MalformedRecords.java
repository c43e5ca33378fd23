// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.load;

import io.streamrank.chaos.cluster.FlinkRest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records that nobody can read, on both topics in turn, each of which has to become one dead letter, byte for byte. */
public final class MalformedRecords implements AutoCloseable {
    private final QueryLoad load;
    private final CommittedReader letters;
    /** By key. */
    private final Map<String, byte[]> sent = new ConcurrentHashMap<>();
    /** By key; a list is never changed. */
    private final Map<String, List<byte[]>> dead = new ConcurrentHashMap<>();

    public MalformedRecords(QueryLoad load, String bootstrapServers) {
        this.load = load;
        letters = new CommittedReader(bootstrapServers, "dead-letters", this::died);
    }

    /** One more. */
    public void send() {
        int number = sent.size();
        String key = "bad-" + number;
        byte[] value = value(number);
        sent.put(key, value);
        load.send(number % 2 == 0 ? "queries" : "documents", key, value);
    }

    /** Of each kind one for queries and one for documents. */
    private static byte[] value(int number) {
        return switch (number / 2 % 4) {
            case 0 -> bytes("{\"id\":\"bad\",\"query\":\"cut o");
            case 1 -> new byte[] {(byte) 0x80, (byte) 0xff, 0, (byte) number};
            case 2 -> bytes("{\"id\":" + number + ",\"query\":7,\"text\":[7]}");
            default -> new byte[0];
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void died(ConsumerRecord<byte[], byte[]> letter) {
        dead.merge(new String(letter.key(), StandardCharsets.UTF_8), List.of(letter.value()), (some, more) -> {
            List<byte[]> all = new ArrayList<>(some);
            all.addAll(more);
            return List.copyOf(all);
        });
    }

    /** Waits for the letters of what was sent, and reads on to the end: there may be too many. */
    public void settle() throws ExecutionException, InterruptedException {
        FlinkRest.comesTrue(sent.size() + " dead letters", () -> dead.keySet().containsAll(sent.keySet()));
        letters.readToEnd();
    }

    /** Letters of what was not sent are wrong, too. */
    public Verdict verdict() {
        Verdict verdict = Verdict.NONE;
        for (Map.Entry<String, byte[]> one : sent.entrySet()) {
            List<byte[]> values = dead.getOrDefault(one.getKey(), List.of());
            boolean altered = values.stream().anyMatch(value -> !Arrays.equals(value, one.getValue()));
            verdict = verdict.plus(
                    new Verdict(1, values.isEmpty() ? 1 : 0, values.size() > 1 ? 1 : 0, 0, altered ? 1 : 0));
        }
        int others = (int)
                dead.keySet().stream().filter(key -> !sent.containsKey(key)).count();
        return verdict.plus(new Verdict(0, 0, 0, 0, others));
    }

    /** Of this client's own. */
    public List<Exception> problems() {
        return letters.problems();
    }

    @Override
    public void close() throws InterruptedException {
        letters.close();
    }
}
