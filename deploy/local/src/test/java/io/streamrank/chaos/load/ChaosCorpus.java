// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.load;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Documents and queries of words that even the tiny models know; always the same. */
public final class ChaosCorpus {
    public static final int DOCUMENTS = 60;
    private static final int CANDIDATES = 20;

    private static final List<String> WORDS = List.of(
            ("movie film hero super mystery city night day year water fire earth air river sea ship train road house"
                            + " garden tree flower book story music game password account user login error file list cook"
                            + " bread milk sugar salt tea coffee apple orange recipe oven heat bake king queen war peace"
                            + " doctor health heart brain blood cell virus drug pain sleep child mother father friend man"
                            + " woman people world country law money bank price buy sell cheap order return car engine"
                            + " fuel oil gas power energy sun moon star planet space rocket")
                    .split(" ", -1));

    private ChaosCorpus() {}

    public static String documentId(int number) {
        return "d" + number;
    }

    public static ObjectNode document(int number) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", documentId(number))
                .put("text", text(new Random(number), 14));
    }

    /** Asks for candidates of the corpus; every fourth query brings some of the same documents itself. */
    public static ObjectNode query(int number) {
        ObjectNode query = JsonNodeFactory.instance
                .objectNode()
                .put("query", text(new Random(1_000_000L + number), 5))
                .put("top_n", 5);
        if (number % 4 == 3) {
            ArrayNode documents = query.putArray("documents");
            IntStream.range(0, CANDIDATES).forEach(i -> documents.add(document((number + i) % DOCUMENTS)));
            return query;
        }
        return query.put("candidates", CANDIDATES);
    }

    public static String text(Random random, int words) {
        return IntStream.range(0, words)
                .mapToObj(i -> WORDS.get(random.nextInt(WORDS.size())))
                .collect(Collectors.joining(" "));
    }
}
