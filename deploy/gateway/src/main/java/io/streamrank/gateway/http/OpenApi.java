// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads the description of all routes, which is written by hand as YAML. */
final class OpenApi {
    private static final String FILE = "/io/streamrank/gateway/openapi.yaml";

    private OpenApi() {}

    /** Returns the description as JSON. */
    static JsonNode json() {
        try (InputStream yaml = Objects.requireNonNull(OpenApi.class.getResourceAsStream(FILE), FILE)) {
            Object read = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
            return new ObjectMapper().valueToTree(read);
        } catch (IOException e) {
            throw new UncheckedIOException("a file of the class path cannot be read: " + FILE, e);
        }
    }
}
