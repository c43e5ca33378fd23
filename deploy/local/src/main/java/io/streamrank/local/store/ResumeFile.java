// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.commons.codec.digest.DigestUtils;

/** Keeps in a file how far a load came, until it is done. It holds no secrets. */
final class ResumeFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final String identity;

    /** @param identity of the load that a position belongs to */
    ResumeFile(Path file, String identity) {
        this.file = file;
        this.identity = DigestUtils.sha256Hex(identity);
    }

    /**
     * Returns the position to begin at.
     *
     * @throws InputException where the file is of another load, or none of a load at all
     */
    String position() throws IOException {
        if (!Files.exists(file)) {
            return DocumentStore.START;
        }
        JsonNode content;
        try {
            content = JSON.readTree(file.toFile());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new InputException("--resume " + file + " is no file of an earlier load: name another one", e);
        }
        if (!content.path("load").asText().equals(identity)) {
            throw new InputException("--resume " + file + " is of a load with another address, query, prefix or topic:"
                    + " name another file, or delete it to begin at the first row");
        }
        return content.path("position").asText();
    }

    /** Replaces the position at once, so that the file is whole whenever the process ends. */
    void write(String position) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        JSON.writeValue(
                next.toFile(), JSON.createObjectNode().put("load", identity).put("position", position));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes the file, as everything is loaded. */
    void done() throws IOException {
        Files.deleteIfExists(file);
    }
}
