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
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /**
     * Returns the settings of a sentence encoder's first layer: those in the layer's own folder, or else the model's; a missing
     * node if there are none.
     */
    public JsonNode readEncoderSettings() throws ModelException {
        String layer = layerFolder("Transformer");
        for (String folder : layer == null || layer.isEmpty() ? List.of("") : List.of(layer + "/", "")) {
            for (String name : ModelLayout.ENCODER_SETTINGS) {
                JsonNode settings = read(folder + name);
                if (!settings.isMissingNode()) {
                    return settings;
                }
            }
        }
        return MissingNode.getInstance();
    }

    /** Returns the folder that {@code modules.json} names for a sentence encoder's layer of that kind; null if it names none. */
    public @Nullable String layerFolder(String kind) throws ModelException {
        for (JsonNode layer : read("modules.json")) {
            if (layerKind(layer).equals(kind) && layer.hasNonNull("path")) {
                return layer.path("path").asText();
            }
        }
        return null;
    }

    /** Returns the kind of a layer in {@code modules.json}, such as {@code Pooling}: the simple name of its class. */
    public static String layerKind(JsonNode layer) {
        String type = layer.path("type").asText();
        return type.substring(type.lastIndexOf('.') + 1);
    }
}
