// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import io.streamrank.inference.model.ModelException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Finds the files of the model that the user names, on the local disk: built in, local, or downloaded into the cache. */
public final class ModelResolver {
    private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:.*");

    private final ModelFileSystem files;

    public ModelResolver(ModelFileSystem files) {
        this.files = files;
    }

    /** Returns the model's folder, after downloading or copying it where it is elsewhere. */
    public ModelFolder resolve(ModelSpec spec) throws ModelException {
        ModelFolder folder = locate(spec);
        checkWeights(folder, spec);
        for (Path data : folder.externalData()) {
            if (!Files.isRegularFile(data)) {
                throw new ModelException("Model " + folder.name() + " is not complete: its weights " + folder.weights()
                        + " need " + folder.root().relativize(data)
                        + ", which is not there; put all files of the export"
                        + " where the model is.");
            }
        }
        return folder;
    }

    private ModelFolder locate(ModelSpec spec) throws ModelException {
        String uri = spec.uri();
        Path cache = spec.cache();
        if (uri.startsWith("builtin:")) {
            return BuiltinModels.unpack(uri, spec, cache);
        }
        if (uri.startsWith("hf:")) {
            HubSettings hub = HubSettings.fromEnvironment();
            return new HubSnapshots(hub, new HubDownloader(hub, spec.downloadTimeout(), RetryPolicy.DEFAULT))
                    .fetch(uri, spec, cache);
        }
        if (uri.startsWith("file:") || !SCHEME.matcher(uri).matches()) {
            return local(spec);
        }
        return FileSystemModels.copy(files, spec, cache);
    }

    private static ModelFolder local(ModelSpec spec) throws ModelException {
        Path root = path(spec.uri());
        if (!Files.isDirectory(root)) {
            throw new ModelException(
                    "Model " + spec.uri() + " is not there: " + root.toAbsolutePath()
                            + " is not a directory on this machine; name one that has config.json, tokenizer.json and an ONNX file.");
        }
        try {
            return new ModelFolder(
                    spec.uri(), root, ModelLayout.weights(spec.uri(), ModelLayout.list(root), spec.file()));
        } catch (IOException e) {
            throw new ModelException("Model " + spec.uri() + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Returns the folder: as it is written, if there is such a folder, or else with %20 and the like decoded. */
    private static Path path(String uri) throws ModelException {
        String text = uri.startsWith("file:") ? uri.substring("file:".length()) : uri;
        String written = text.replaceFirst("^//(localhost)?/", "/");
        try {
            Path path = Path.of(written);
            return Files.isDirectory(path) || !uri.startsWith("file:/") ? path : decoded(written, path);
        } catch (InvalidPathException e) {
            throw new ModelException(
                    "Model " + uri + " is not a path: " + e.getMessage() + "; write file:/directory.", e);
        }
    }

    private static Path decoded(String written, Path otherwise) {
        try {
            // A plus is a plus in a path: only forms write a space so.
            Path path = Path.of(URLDecoder.decode(written.replace("+", "%2B"), StandardCharsets.UTF_8));
            return Files.isDirectory(path) ? path : otherwise;
        } catch (IllegalArgumentException e) { // a % that is only itself
            return otherwise;
        }
    }

    private static void checkWeights(ModelFolder folder, ModelSpec spec) throws ModelException {
        if (spec.sha256() == null) {
            return;
        }
        try {
            Path joint = folder.jointFile();
            String found = ChecksumFile.sha256(
                    joint == null ? List.of(folder.weightsFile()) : List.of(folder.weightsFile(), joint));
            if (!found.equals(spec.sha256().toLowerCase(Locale.ROOT))) {
                throw new ModelException("Model " + folder.name() + " is not the one that was asked for: "
                        + folder.weightsFile() + (joint == null ? "" : " with " + joint.getFileName() + " after it")
                        + " has SHA-256 " + found + ", the configuration says " + spec.sha256()
                        + "; correct either.");
            }
        } catch (IOException e) {
            throw folder.unreadable(e);
        }
    }
}
