// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.config.JobConfig;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds what is evaluated: the job's settings with one embedder and one reranker. A {@code #} separates a model from
 * the weights file inside it, e.g. {@code file:my-model#onnx/model_int8.onnx}, so that files of one model can be
 * compared. In the name of a folder that exists it is part of the name, and the last one counts.
 *
 * @param embedder null for the one that the settings name
 * @param reranker null for the one that the settings name
 */
public record ModelPair(
        Map<String, String> settings,
        @Nullable String embedder,
        @Nullable String reranker) {
    /** Where the settings say nothing: answers may take long, as all queries come at once, but none may be degraded. */
    private static final Map<String, String> PATIENT = Map.of(
            "rerank.timeout", "1 h",
            "rerank.capacity", "16",
            "rerank.drop-duplicates", "false",
            "corpus.wait-timeout", "1 d");

    /** The job wants one, but Kafka has no part in this. */
    private static final Map<String, String> NO_KAFKA = Map.of("kafka.bootstrap-servers", "localhost:9092");

    /**
     * Returns the job's configuration, checked.
     *
     * @param candidates that every query asks for, whatever the limits say
     */
    public JobConfig config(int candidates) {
        Map<String, String> all = new LinkedHashMap<>(NO_KAFKA);
        all.putAll(PATIENT);
        all.putAll(settings);
        model(all, "models.embedder", embedder);
        model(all, "models.reranker", reranker);
        String atLeast = Integer.toString(Math.max(1_000, candidates));
        all.putIfAbsent("limits.candidates", atLeast);
        all.putIfAbsent("limits.top-n", atLeast);
        all.putIfAbsent("limits.inline-documents", atLeast);
        all.putIfAbsent("limits.record-size", "64 mb");
        return JobConfig.of(all, System.getenv());
    }

    private static void model(Map<String, String> settings, String key, @Nullable String address) {
        if (address == null) {
            return;
        }
        int mark = isFolder(address) ? -1 : address.lastIndexOf('#');
        settings.put(key + ".uri", mark < 0 ? address : address.substring(0, mark));
        if (mark >= 0) {
            settings.put(key + ".file", address.substring(mark + 1));
        }
    }

    /** Tells whether the address as a whole is a folder, whose name may have a {@code #} in it. */
    private static boolean isFolder(String address) {
        try {
            return Files.isDirectory(Path.of(address.replaceFirst("^file:(//(?=/))?", "")));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    String embedderName() {
        return name(embedder, config(1).embedder().uri());
    }

    String rerankerName() {
        return name(reranker, config(1).crossEncoder().uri());
    }

    private static String name(@Nullable String given, String configured) {
        return given == null ? configured : given;
    }
}
