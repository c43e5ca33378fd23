// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.event.BlankText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Prints a ranked result for people: what retrieval alone would have answered on the left, the cross-encoder's order
 * on the right, with how far each document moved.
 *
 * @param rows hits shown at most
 */
public record RankingTable(Console console, int rows) {
    private static final Set<String> NAMES = Set.of("id", "collection");
    private static final Set<String> COSTS = Set.of("pairs", "tokens");
    private static final int SCORE = 7;
    private static final int MOVE = 6;

    /** Prints a result of the wire contract. */
    public void print(JsonNode result) {
        List<JsonNode> ranked = new ArrayList<>();
        result.path("results").forEach(ranked::add);
        console.print("");
        console.print("@|bold " + Columns.plain(result.path("query").asText()) + "|@");
        if (ranked.isEmpty()) {
            console.print(
                    result.path("degraded").asBoolean()
                            ? "  nothing was found: the query could not be embedded, and no document has its words"
                            : "  no document matches");
        } else if (ranked.get(0).has("retrieval")) {
            printBoth(ranked);
        } else {
            printRanked(ranked);
        }
        printReply(result.path("reply"));
        console.print("@|faint   " + footer(result) + "|@");
        String remarks = remarks(result.path("usage"));
        if (!remarks.isEmpty()) {
            console.print("@|yellow   " + Columns.plain(remarks) + "|@");
        }
    }

    /** Shows a reply and what it cites, or why there is none. */
    private void printReply(JsonNode reply) {
        if (reply.has("error")) {
            console.print(
                    "@|yellow   no reply: " + Columns.plain(reply.path("error").asText()) + "|@");
        }
        if (reply.has("text")) {
            console.print("  reply: " + Columns.plain(reply.path("text").asText()));
            String cited = StreamSupport.stream(reply.path("citations").spliterator(), false)
                    .map(citation -> "[" + citation.path("n").asInt() + "] "
                            + citation.path("id").asText("a document without an id"))
                    .collect(Collectors.joining(" · "));
            if (!cited.isEmpty()) {
                console.print("@|faint   " + Columns.plain(cited) + "|@");
            }
        }
    }

    /** Returns what was cut, dropped, not found or not used, as the answer's {@code usage} names it. */
    private static String remarks(JsonNode usage) {
        return usage.properties().stream()
                .filter(member -> !COSTS.contains(member.getKey()) && !isZero(member.getValue()))
                .map(member -> member.getKey().replace('_', ' ') + ": " + text(member.getValue()))
                .collect(Collectors.joining(" · "));
    }

    private static boolean isZero(JsonNode value) {
        return value.isNull() || (value.isNumber() && value.asInt() == 0);
    }

    private static String text(JsonNode value) {
        if (value.isObject()) {
            return value.properties().stream()
                    .map(member -> member.getKey().replace('_', ' ') + " " + member.getValue())
                    .collect(Collectors.joining(", "));
        }
        return value.isArray()
                ? StreamSupport.stream(value.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(", "))
                : value.asText();
    }

    private void printBoth(List<JsonNode> ranked) {
        List<JsonNode> retrieved = ranked.stream()
                .sorted(Comparator.comparingInt(RankingTable::retrievalRank))
                .toList();
        FirstStage firstStage = FirstStage.of(ranked);
        int column = (console.width() - 5) / 2;
        int left = column - firstStage.title.length() - 5;
        int right = column - SCORE - MOVE - 5;
        console.print("@|faint      " + Columns.fit("retrieved", left) + firstStage.title + "  │     "
                + Columns.fit("reranked", right) + "  score|@");
        for (int i = 0; i < Math.min(rows, ranked.size()); i++) {
            JsonNode before = retrieved.get(i);
            console.print("  "
                    + line(i, before, left, firstStage.of(before.path("retrieval")), firstStage.title.length())
                    + "  @|faint │|@  "
                    + line(i, ranked.get(i), right, ranked.get(i).path("relevance_score")) + " "
                    + move(retrieved.indexOf(ranked.get(i)) - i));
        }
    }

    /** Says what is shown of the first stage: the score that ordered it, or the ranks in both lists that were fused. */
    private enum FirstStage {
        COSINE(" cosine"),
        BM25("   BM25"),
        RANKS(" dense/sparse");

        private final String title;

        FirstStage(String title) {
            this.title = title;
        }

        static FirstStage of(List<JsonNode> hits) {
            if (hits.stream().anyMatch(hit -> hit.path("retrieval").has("dense_rank"))) {
                return RANKS;
            }
            return hits.stream().anyMatch(hit -> hit.path("retrieval").has("sparse")) ? BM25 : COSINE;
        }

        String of(JsonNode retrieval) {
            return switch (this) {
                case COSINE -> score(retrieval.path("score"));
                case BM25 -> score(retrieval.path("sparse").path("score"));
                case RANKS ->
                    rank(retrieval.path("dense_rank"))
                            + "/"
                            + rank(retrieval.path("sparse").path("rank"));
            };
        }

        private static String rank(JsonNode rank) {
            return rank.isNumber() ? Integer.toString(rank.asInt() + 1) : "–";
        }
    }

    private void printRanked(List<JsonNode> ranked) {
        int width = console.width() - SCORE - 8;
        for (int i = 0; i < Math.min(rows, ranked.size()); i++) {
            console.print("  " + line(i, ranked.get(i), width, ranked.get(i).path("relevance_score")));
        }
    }

    private static String line(int rank, JsonNode hit, int width, JsonNode score) {
        return line(rank, hit, width, score(score), SCORE);
    }

    private static String line(int rank, JsonNode hit, int width, String shown, int shownWidth) {
        return String.format("%2d ", rank + 1) + Columns.plain(Columns.fit(label(hit), width)) + " "
                + " ".repeat(Math.max(0, shownWidth - 1 - shown.length())) + shown;
    }

    private static String score(JsonNode score) {
        return score.isNumber() ? String.format(Locale.ROOT, "%.3f", score.asDouble()) : "–";
    }

    /** Up is green, down is red, as far as it went. */
    private static String move(int places) {
        if (places == 0) {
            return "@|faint  =|@";
        }
        return places > 0 ? "@|green ↑" + places + "|@" : "@|red ↓" + -places + "|@";
    }

    /** Returns a title where there is one, else the beginning of the text, else the id. */
    static String label(JsonNode hit) {
        JsonNode document = hit.path("document");
        JsonNode fields = document.has("fields") ? document.path("fields") : document;
        for (String name : List.of("title", "name", "text")) {
            if (fields.path(name).isTextual()
                    && !BlankText.isBlank(fields.path(name).asText())) {
                return fields.path(name).asText();
            }
        }
        for (var field : fields.properties()) {
            if (field.getValue().isTextual() && !NAMES.contains(field.getKey())) {
                return field.getValue().asText();
            }
        }
        return hit.path("id").asText("document " + hit.path("index").asText());
    }

    private static int retrievalRank(JsonNode hit) {
        return hit.path("retrieval").path("rank").asInt();
    }

    private static String footer(JsonNode result) {
        JsonNode time = result.path("timing_ms");
        String line = String.format(
                Locale.ROOT,
                "%d pairs · embed %d ms · retrieve %d ms · rerank %d ms · total %d ms",
                result.path("usage").path("pairs").asInt(),
                time.path("embed").asLong(),
                time.path("retrieve").asLong(),
                time.path("rerank").asLong(),
                time.path("total").asLong());
        if (!result.path("degraded").asBoolean()) {
            return line;
        }
        line += " · degraded (" + result.path("degraded_reason").asText() + ")";
        JsonNode first = result.path("results").path(0);
        return first.isMissingNode() || first.path("relevance_score").isNumber() ? line : line + ": retrieval order";
    }
}
