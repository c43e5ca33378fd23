// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import io.streamrank.inference.model.ModelException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Chooses which files of a model are used, in the layout of the Hugging Face hub. */
public final class ModelLayout {
    /** Weights for a user who names none, in this order: full precision first, as the reference implementation runs it. */
    private static final List<String> USUAL_WEIGHTS = List.of(
            "onnx/model.onnx",
            "model.onnx",
            "onnx/model_int8.onnx",
            "onnx/model_quantized.onnx",
            "onnx/model_qint8_avx512_vnni.onnx",
            "onnx/model_quint8_avx2.onnx",
            "model_int8.onnx",
            "model_quantized.onnx");

    private static final Set<String> SETTINGS = Set.of(
            "config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "modules.json",
            "sentence_bert_config.json",
            "config_sentence_transformers.json");

    private static final Pattern MODULE_SETTINGS = Pattern.compile("\\d+_\\w+/config\\.json");

    private ModelLayout() {}

    /** Lists the files of a model's folder, as the hub names them. Follows links, as the hub's own cache consists of them. */
    public static List<String> list(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root, 3, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .toList();
        }
    }

    /** Chooses the weights among the model's files. */
    static String weights(String name, Collection<String> files, @Nullable String chosen) throws ModelException {
        List<String> onnx =
                files.stream().filter(file -> file.endsWith(".onnx")).sorted().toList();
        if (chosen != null) {
            if (!files.contains(chosen)) {
                throw new ModelException(
                        "Model " + name + " has no file " + chosen + "; its ONNX files are " + onnx + ".");
            }
            return chosen;
        }
        return Stream.concat(USUAL_WEIGHTS.stream(), onnx.stream())
                .filter(onnx::contains)
                .findFirst()
                .orElseThrow(() -> new ModelException("Model " + name
                        + " has no ONNX file: export it with `optimum-cli export onnx --model MODEL DIRECTORY` and give"
                        + " file:DIRECTORY."));
    }

    /** Returns the files that these weights need. */
    static List<String> needed(Collection<String> files, String weights) {
        String folder = weights.substring(0, weights.lastIndexOf('/') + 1);
        String stem = weights.substring(folder.length()).replaceFirst("\\.onnx$", "");
        return files.stream()
                .filter(file -> file.equals(weights)
                        || SETTINGS.contains(file)
                        || MODULE_SETTINGS.matcher(file).matches()
                        || (file.startsWith(folder) && isDataOf(file.substring(folder.length()), stem)))
                .sorted()
                .toList();
    }

    /** Tells whether the file is external data of {@code stem.onnx}, which holds weights that do not fit into it. */
    public static boolean isDataOf(String file, String stem) {
        return file.startsWith(stem + ".onnx_data")
                || file.startsWith(stem + ".onnx.data")
                || file.equals(stem + ".data");
    }
}
