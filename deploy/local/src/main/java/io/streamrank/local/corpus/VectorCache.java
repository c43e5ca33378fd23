// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.corpus;

import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.service.TextEmbedder;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/** Keeps vectors of texts in a file between runs. A file that cannot be read counts as absent. Not thread-safe. */
public final class VectorCache {
    private static final int FORMAT = 0x53525601;
    private static final int FINGERPRINT_CHARS = 16;

    private final Path file;
    private final Map<String, float[]> vectors = new HashMap<>();
    private boolean changed;

    private VectorCache(Path file) {
        this.file = file;
    }

    /**
     * Reads what an earlier run saved of this embedder's vectors.
     *
     * @param purpose tells its file from others in the directory
     */
    public static VectorCache open(Path directory, String purpose, TextEmbedder embedder) {
        String fingerprint = embedder.info().fingerprint().substring(0, FINGERPRINT_CHARS);
        return open(directory.resolve(purpose + "-" + fingerprint + ".vectors"));
    }

    /** Reads what an earlier run saved. */
    public static VectorCache open(Path file) {
        VectorCache cache = new VectorCache(file);
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            cache.read(in);
        } catch (IOException absentOrDamaged) {
            cache.vectors.clear();
        }
        return cache;
    }

    /** Returns the vector of a text, owned by the cache; null where it has none. */
    public float @Nullable [] get(String text) {
        return vectors.get(DigestUtils.sha256Hex(text));
    }

    /**
     * Returns the vector of a passage: the one that is kept, owned by the cache, or else the embedder's, not kept yet.
     */
    public CompletableFuture<float[]> get(String text, TextEmbedder embedder) {
        float[] known = get(text);
        return known == null
                ? embedder.embed(text, TextRole.PASSAGE, Long.MAX_VALUE)
                : CompletableFuture.completedFuture(known);
    }

    /** Keeps a vector, which is not copied. */
    public void put(String text, float[] vector) {
        if (vectors.put(DigestUtils.sha256Hex(text), vector) != vector) {
            changed = true;
        }
    }

    /** Writes everything, if there is anything new, so that a reader sees all of it or nothing. */
    public void save() throws IOException {
        if (!changed) {
            return;
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path written = Files.createTempFile(file.toAbsolutePath().getParent(), "vectors", ".tmp");
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(written)))) {
            out.writeInt(FORMAT);
            out.writeInt(vectors.size());
            for (Map.Entry<String, float[]> entry : vectors.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeInt(entry.getValue().length);
                for (float value : entry.getValue()) {
                    out.writeFloat(value);
                }
            }
        }
        Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
        changed = false;
    }

    private void read(DataInputStream in) throws IOException {
        if (in.readInt() != FORMAT) {
            throw new IOException(file + " has another format");
        }
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            String key = in.readUTF();
            int dimension = in.readInt();
            if (dimension < 1 || dimension > 1 << 16) {
                throw new IOException(file + " is damaged: a vector of " + dimension + " numbers");
            }
            float[] vector = new float[dimension];
            for (int j = 0; j < dimension; j++) {
                vector[j] = in.readFloat();
            }
            vectors.put(key, vector);
        }
    }
}
