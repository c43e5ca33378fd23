// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The report as files: a page for people, every ranking in TREC format, and all numbers as JSON. */
record Report(Path directory, Judged collection, List<Result> results) {
    static final String PAGE = "report.html";
    static final String NUMBERS = "results.json";

    void write() throws IOException {
        for (int i = 0; i < results.size(); i++) {
            Result result = results.get(i);
            // Numbered only where there is more than one pair of models.
            String prefix = results.size() == 1 ? "" : (i + 1) + "-";
            if (result.retrieved() != null) {
                writeRun(prefix + "retrieval", result.retrieved());
            }
            for (Line line : result.reranked()) {
                writeRun(prefix + "reranked-" + line.candidates(), line);
            }
        }
        Files.writeString(directory.resolve(NUMBERS), ResultJson.of(collection, results));
        Files.writeString(directory.resolve(PAGE), new Page(collection, results).html());
    }

    private void writeRun(String name, Line line) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(directory.resolve(name + ".run"))) {
            for (var ranking : line.rankings().entrySet()) {
                for (String entry : trec(ranking.getKey(), ranking.getValue(), name)) {
                    out.write(entry);
                    out.write('\n');
                }
            }
        }
    }

    /**
     * The lines of one query. trec_eval goes by the score alone and breaks ties by document id, so the score is counted
     * down from the number of hits: the order is then the job's, ties included.
     */
    static List<String> trec(String query, List<String> ranking, String run) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < ranking.size(); i++) {
            lines.add(query + " Q0 " + ranking.get(i) + " " + (i + 1) + " " + (ranking.size() - i) + " " + run);
        }
        return lines;
    }
}
