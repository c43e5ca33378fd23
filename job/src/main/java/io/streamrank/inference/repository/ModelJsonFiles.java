// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.streamrank.inference.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the JSON files of a model. */
public record ModelJsonFiles(ModelFolder folder) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns the file's content, or a missing node where there is no such file. */
    public JsonNode read(String path) throws ModelException {
        Path file = folder.settingsFile(path);
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    "Model " + folder.name() + " cannot be used: " + file + " is not JSON (" + e.getOriginalMessage()
                            + "); fetch it again.",
                    e);
        } catch (IOException e) {
            throw folder.unreadable(e);
        }
    }
}
