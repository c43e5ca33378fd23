// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import io.streamrank.inference.graph.OnnxGraph;
import io.streamrank.inference.model.ModelException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses which files of a model are used, in the layout of the Hugging Face hub. */
public final class ModelLayout {
    /** Weights for a user who names none, in this order: full precision first, as the reference implementation runs it. */
    private static final List<String> USUAL_WEIGHTS = List.of(
            "onnx/encoder.onnx",
            "onnx/model.onnx",
            "model.onnx",
            "onnx/encoder_int8.onnx",
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
            "config_sentence_transformers.json");

    /** Settings of a sentence encoder's first layer, in the order in which sentence-transformers looks for them. */
    static final List<String> ENCODER_SETTINGS = List.of(
            "sentence_bert_config.json",
            "sentence_roberta_config.json",
            "sentence_distilbert_config.json",
            "sentence_camembert_config.json",
            "sentence_albert_config.json",
            "sentence_xlm-roberta_config.json",
            "sentence_xlnet_config.json");

    /** Names the first graph of a split model; that of the second has {@code joint} in its place. */
    private static final Pattern ENCODER = Pattern.compile("(.*/)?encoder([^/]*\\.onnx)");

    private static final Logger LOG = LoggerFactory.getLogger(ModelLayout.class);

    /** Levels below a model's folder that are looked at, files included. */
    private static final int MAX_DEPTH = 3;

    private ModelLayout() {}

    /**
     * Lists the files of a model's folder, as the hub names them. Follows links, as the hub's own cache consists of them, and
     * leaves out what cannot be entered, such as a volume's {@code lost+found}.
     */
    public static List<String> list(Path root) throws IOException {
        List<String> files = new ArrayList<>();
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, new SimpleFileVisitor<Path>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    files.add(root.relativize(file).toString().replace('\\', '/'));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (file.equals(root)) {
                    throw failure;
                }
                LOG.warn("{} is left out, as it cannot be read: {}", file, failure.toString());
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
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
        Stream<String> usual =
                USUAL_WEIGHTS.stream().filter(file -> joint(file) == null || files.contains(joint(file)));
        return Stream.concat(usual, onnx.stream())
                .filter(onnx::contains)
                .findFirst()
                .orElseThrow(() -> new ModelException("Model " + name
                        + " has no ONNX file: export it with `optimum-cli export onnx --model MODEL DIRECTORY` and give"
                        + " file:DIRECTORY."));
    }

    /** Returns the second graph of a split model whose first graph these weights are; null if they are a whole model. */
    static @Nullable String joint(String weights) {
        Matcher encoder = ENCODER.matcher(weights);
        return encoder.matches() ? Objects.requireNonNullElse(encoder.group(1), "") + "joint" + encoder.group(2) : null;
    }

    /**
     * Returns the folders to look for the settings of these weights, the best first: the model's own, then that of the weights
     * and the ones that it is in. Each ends in a slash unless it is empty.
     */
    static List<String> settingsFolders(String weights) {
        List<String> folders = new ArrayList<>(List.of(""));
        for (int end = weights.lastIndexOf('/'); end > 0; end = weights.lastIndexOf('/', end - 1)) {
            folders.add(weights.substring(0, end + 1));
        }
        return folders;
    }

    /** Returns the weights and the settings that belong to them. The weights tell which other files they need. */
    static List<String> needed(Collection<String> files, String weights) {
        NavigableSet<String> needed = new TreeSet<>(Set.of(weights));
        String joint = joint(weights);
        if (joint != null && files.contains(joint)) {
            needed.add(joint);
        }
        Set<String> found = new HashSet<>();
        for (String folder : settingsFolders(weights)) {
            files.stream()
                    .filter(file -> file.startsWith(folder) && isSettings(file.substring(folder.length())))
                    .filter(file -> found.add(file.substring(folder.length())))
                    .forEach(needed::add);
        }
        return List.copyOf(needed);
    }

    /** Tells whether the file is one of the model's settings, or of a layer such as {@code 1_Pooling}, whose folder may have any name. */
    private static boolean isSettings(String file) {
        String ofLayer = file.substring(file.indexOf('/') + 1);
        return SETTINGS.contains(file) || ENCODER_SETTINGS.contains(ofLayer) || ofLayer.equals("config.json");
    }

    /**
     * Returns the files with the weights that do not lie in the ONNX file itself, as its graph names them, relative to the
     * model's folder.
     *
     * @param root the model's folder, with the ONNX file
     */
    static List<String> externalData(String name, Path root, String weights) throws IOException, ModelException {
        String folder = weights.substring(0, weights.lastIndexOf('/') + 1);
        List<String> paths = new ArrayList<>();
        for (String location : OnnxGraph.read(root.resolve(weights)).externalData()) {
            Path path = relative(location);
            if (path == null) {
                throw new ModelException("Model " + name + " cannot be used: its weights " + weights
                        + " name external data outside their folder (" + location
                        + "); export it again, with the data next to the weights.");
            }
            paths.add(folder + path.toString().replace('\\', '/'));
        }
        return paths;
    }

    /** Returns the path below a folder, or null where it leads out of it or is none. */
    private static @Nullable Path relative(String location) {
        try {
            Path path = Path.of(location.replace('\\', '/')).normalize();
            boolean leaves = path.isAbsolute()
                    || path.startsWith("..")
                    || path.toString().isEmpty();
            return leaves || location.matches("[A-Za-z]:.*") ? null : path;
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
