// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelOutOfReachException;
import io.streamrank.inference.repository.ModelFileSystem.RemoteFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/** Copies models from file systems such as S3, which ONNX Runtime cannot read, into the cache; once for each state of their files. */
final class FileSystemModels {
    private FileSystemModels() {}

    static ModelFolder copy(ModelFileSystem files, ModelSpec spec, Path cache) throws ModelException {
        String uri = spec.uri();
        List<RemoteFile> listed;
        try {
            listed = files.list(uri);
        } catch (IOException e) {
            String message = "Model " + uri + " cannot be listed: " + e.getMessage()
                    + "; check the address, and that Flink has the file system's plugin and credentials.";
            throw e instanceof FileNotFoundException
                    ? new ModelException(message, e)
                    : new ModelOutOfReachException(message, e);
        }
        List<String> paths = listed.stream().map(RemoteFile::path).toList();
        String weights = ModelLayout.weights(uri, paths, spec.file());
        List<String> needed = ModelLayout.needed(paths, weights);
        ModelCache folder = new ModelCache(cache.resolve("remote"));
        try {
            String key = DigestUtils.sha256Hex(uri + "\n"
                            + listed.stream()
                                    .filter(file -> needed.contains(file.path()) || mayBeData(file.path(), weights))
                                    .toList())
                    .substring(0, 32);
            Path root = folder.install(key, into -> {
                ModelCache.copy(needed, path -> files.open(uri, path), into);
                List<String> data = ModelLayout.externalData(uri, into, weights);
                ModelCache.copy(data.stream().filter(paths::contains).toList(), path -> files.open(uri, path), into);
            });
            return new ModelFolder(uri, root, weights);
        } catch (IOException e) {
            throw folder.cannotKeep(uri, e);
        }
    }

    /** Tells whether the weights may need the file. Which they do is known only when they have been copied. */
    private static boolean mayBeData(String path, String weights) {
        return path.startsWith(weights.substring(0, weights.lastIndexOf('/') + 1)) && !path.endsWith(".onnx");
    }
}
