// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Makes ids for the documents of a file that have none, out of the file's name and the document's content. So documents of
 * two files never get the same id, no made id is one that a file gives, and a file that is loaded again gets the same ids.
 * Copies in one file are numbered. Not thread-safe.
 */
public final class GeneratedIds implements IdSource {
    private static final String PREFIX = "made-";
    private static final int DIGITS = 24;

    private final String fileName;
    private final Map<String, Integer> copies = new HashMap<>();
    private long count;

    public GeneratedIds(Path file) {
        Path name = file.getFileName();
        this.fileName = name == null ? "" : name.toString();
    }

    @Override
    public String of(JsonNode document) {
        count++;
        byte[] content = (fileName + '\n' + document).getBytes(StandardCharsets.UTF_8);
        String id = PREFIX + DigestUtils.sha256Hex(content).substring(0, DIGITS);
        int copy = copies.merge(id, 1, Integer::sum);
        return copy == 1 ? id : id + '-' + copy;
    }

    /** Returns how many were made. */
    public long count() {
        return count;
    }
}
