// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tiny models with random weights, and what the reference implementation makes of them. */
public final class Golden {
    private static final Path FOLDER = Path.of("../deploy/models/golden");

    private Golden() {}

    static ModelSpec spec(String model) {
        return spec(FOLDER.resolve(model));
    }

    static ModelSpec spec(String model, Device device) {
        return spec("file:" + FOLDER.resolve(model), null, null, Path.of("unused"), device);
    }

    static ModelSpec spec(Path folder) {
        return spec("file:" + folder, Path.of("unused"));
    }

    static ModelSpec spec(String uri, Path cache) {
        return spec(uri, null, cache);
    }

    static ModelSpec spec(String uri, @Nullable String file, Path cache) {
        return spec(uri, file, null, cache, Device.AUTO);
    }

    static ModelSpec spec(String uri, @Nullable String file, @Nullable Integer maxTokens, Path cache, Device device) {
        return new ModelSpec(
                uri, file, maxTokens, null, null, null, null, null, cache.toString(), Duration.ofSeconds(30), device);
    }

    public static Path folder(String model) {
        return FOLDER.resolve(model);
    }

    static List<JsonNode> records(String model) throws IOException {
        return read("golden-tiny.jsonl").stream()
                .filter(golden -> golden.path("model").asText().equals(model))
                .toList();
    }

    public static List<JsonNode> read(String file) throws IOException {
        List<JsonNode> records = new ArrayList<>();
        for (String line : Files.readAllLines(FOLDER.resolve(file))) {
            records.add(new ObjectMapper().readTree(line));
        }
        return records;
    }
}
