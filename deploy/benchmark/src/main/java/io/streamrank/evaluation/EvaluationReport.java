// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.report.ReportDirectory;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Writes the report as files: a page for people, judgements and every ranking in TREC format, and all numbers as JSON.
 */
record EvaluationReport(ReportDirectory directory, TestCollection collection, List<EvaluationResult> results) {
    static final String PAGE = "report.html";
    static final String NUMBERS = "results.json";
    static final String JUDGEMENTS = "qrels.txt";

    private static final Pattern BLANK = Pattern.compile("\\s", Pattern.UNICODE_CHARACTER_CLASS);

    void write() throws IOException {
        for (EvaluationResult result : results) {
            String prefix = prefix(result);
            if (result.retrieved() != null) {
                writeRun(prefix + "retrieval", result.retrieved());
            }
            for (RunSummary run : result.reranked()) {
                writeRun(prefix + "reranked-" + run.candidates(), run);
            }
            for (RunSummary run : result.byLogit()) {
                writeRun(prefix + "reranked-" + run.candidates() + "-by-logit", run);
            }
        }
        directory.writeLines(JUDGEMENTS, judgements());
        directory.writeJson(NUMBERS, EvaluationJson.of(collection, results));
        directory.writePage(PAGE, "evaluation/report", new EvaluationPage(collection, results));
    }

    /** Returns the number of the pair of models, if there is more than one, and how candidates were found. */
    private String prefix(EvaluationResult result) {
        List<String> models =
                results.stream().map(EvaluationResult::models).distinct().toList();
        String number = models.size() == 1 ? "" : (models.indexOf(result.models()) + 1) + "-";
        return number + (result.mode() == null ? "" : result.modeName() + "-");
    }

    private void writeRun(String name, RunSummary run) throws IOException {
        directory.writeLines(
                name + ".run",
                () -> run.rankings().entrySet().stream()
                        .flatMap(ranking -> trec(ranking.getKey(), ranking.getValue(), name).stream())
                        .iterator());
    }

    /**
     * Returns the lines of one query. trec_eval goes by the score alone and breaks ties by document id, so the score is
     * counted down from the number of hits: the order is then the job's, ties included.
     */
    static List<String> trec(String query, List<String> ranking, String run) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < ranking.size(); i++) {
            lines.add(column(query) + " Q0 " + column(ranking.get(i)) + " " + (i + 1) + " " + (ranking.size() - i) + " "
                    + run);
        }
        return lines;
    }

    private List<String> judgements() {
        List<String> lines = new ArrayList<>();
        for (String query : collection.queries().keySet()) {
            collection
                    .gradesOf(query)
                    .forEach((document, grade) -> lines.add(column(query) + " 0 " + column(document) + " " + grade));
        }
        return lines;
    }

    /** Blanks separate columns, so one in an id is written as in an address. */
    private static String column(String id) {
        return BLANK.matcher(id)
                .replaceAll(blank ->
                        URLEncoder.encode(blank.group(), StandardCharsets.UTF_8).replace("+", "%20"));
    }
}
