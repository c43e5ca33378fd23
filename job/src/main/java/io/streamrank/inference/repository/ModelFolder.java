// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import io.streamrank.inference.graph.OnnxGraph;
import io.streamrank.inference.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Locates a model's files on the local disk, in the layout of the Hugging Face hub.
 *
 * @param name as users know it
 * @param root the model's own folder
 * @param weights the ONNX file, relative to the root
 */
public record ModelFolder(String name, Path root, String weights) {
    /** Is the folder, in a model's own, of its form that reads each document once. */
    static final String SPLIT = "split/";

    public Path weightsFile() {
        return root.resolve(weights);
    }

    /**
     * Returns this model's form that reads each document once, which is for CPUs; null if it has none. Its folder has the files of
     * a split model, settings included.
     */
    public @Nullable ModelFolder split() {
        ModelFolder split = new ModelFolder(name, root.resolve(SPLIT), "onnx/encoder_int8.onnx");
        return Files.isRegularFile(split.weightsFile()) && split.jointFile() != null ? split : null;
    }

    /** Returns the second graph of a split model, which is next to the weights; null if there is none. */
    public @Nullable Path jointFile() {
        String joint = ModelLayout.joint(weights);
        return joint == null || !Files.isRegularFile(root.resolve(joint)) ? null : root.resolve(joint);
    }

    /** Returns whether the weights' name is that of the first graph of a split model, if the model is one. */
    public boolean isEncoder() {
        return ModelLayout.joint(weights) != null;
    }

    public Path tokenizerFile() {
        return settingsFile("tokenizer.json");
    }

    /** Returns a file with settings: in the root, or else next to the weights or in a folder between. It need not exist. */
    public Path settingsFile(String path) {
        return ModelLayout.settingsFolders(weights).stream()
                .map(folder -> root.resolve(folder + path))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(root.resolve(path));
    }

    /** Reads how the graph is built. */
    public OnnxGraph graph() throws ModelException {
        try {
            return OnnxGraph.read(weightsFile());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Returns the files with the weights that do not lie in the ONNX file itself, in order. */
    public List<Path> externalData() throws ModelException {
        try {
            return ModelLayout.externalData(name, root, weights).stream()
                    .map(root::resolve)
                    .toList();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Tells that one of the files cannot be read. */
    public ModelException unreadable(IOException e) {
        return new ModelException("Model " + name + " cannot be read: " + e.getMessage() + ".", e);
    }
}
