// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import io.streamrank.local.data.FileRecord;
import io.streamrank.local.data.QueryFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads what the demonstration asks about the configuration of Flink and Kafka. */
public final class DemoQueries {
    private DemoQueries() {}

    public static List<FileRecord> read() throws IOException {
        InputStream resource = Objects.requireNonNull(
                DemoQueries.class.getResourceAsStream("demo-queries.txt"), "demo-queries.txt is not on the class path");
        List<FileRecord> queries = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            lines.lines().forEach(line -> queries.add(new FileRecord(queries.size() + 1, QueryFile.plain(line))));
        }
        return queries;
    }
}
