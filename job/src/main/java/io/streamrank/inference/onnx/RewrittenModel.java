// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.graph.BertConfig;
import io.streamrank.inference.graph.BertGraph;
import io.streamrank.inference.graph.BertReader;
import io.streamrank.inference.graph.BertWeights;
import io.streamrank.inference.graph.CheckpointWeights;
import io.streamrank.inference.graph.GraphForm;
import io.streamrank.inference.graph.Head;
import io.streamrank.inference.graph.UnrecognizedGraphException;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.onnx.GpuGraphs.Use;
import io.streamrank.inference.repository.ModelCache;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelJsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Makes graphs for a GPU out of a model's weights and keeps them in the model cache. Before that it compares, on the CPU, what
 * these weights give as a BERT with what the model's own file gives.
 *
 * @param half whether the graphs compute in half precision: a file of full precision is its user's choice
 * @param key of the weights and all else that the graphs depend on
 * @param expected results of the probes in full precision, one row a text
 */
record RewrittenModel(
        ModelSettings settings, Use use, BertWeights weights, boolean half, String key, float[][] expected) {
    /** Most that a file may be off which quantises activations: it is off itself, by up to 0.6 on some CPUs. */
    private static final double ROUGH_TOLERANCE = 1;

    private static final int KEY_DIGITS = 32;
    private static final String EXPECTED = "expected";
    private static final String GRAPH = "model.onnx";

    /**
     * Recognises a BERT.
     *
     * @param probes to run
     * @throws UnrecognizedGraphException if it is none, or is not known to be
     */
    static RewrittenModel recognize(ModelSettings settings, Use use, List<Encoding> probes)
            throws UnrecognizedGraphException {
        ModelFolder folder = settings.folder();
        if (settings.split() != null) {
            throw new UnrecognizedGraphException("its lower layers read query and document apart");
        }
        try {
            if (use.head() != Head.LOGIT && settings.pooling() == Pooling.GRAPH) {
                throw new UnrecognizedGraphException(
                        "it pools in its graph, and no file says how: set models.embedder.pooling");
            }
            BertConfig config = config(new ModelJsonFiles(folder).read("config.json"));
            BertWeights file = BertReader.read(folder.weightsFile(), config, use.head());
            if (file.longest() < settings.maxTokens()) {
                throw new UnrecognizedGraphException("it has positions for " + file.longest() + " tokens only");
            }
            boolean trained = use.head() == Head.LOGIT && CheckpointWeights.isIn(folder.root());
            BertWeights weights = trained ? CheckpointWeights.over(file, folder.root()) : file;
            boolean half = !weights.isFull();
            String key = Fingerprint.of(
                            folder,
                            BertGraph.VERSION,
                            config,
                            use.head(),
                            settings.sigmoidInGraph(),
                            half,
                            probes.stream()
                                    .map(probe -> Arrays.toString(probe.ids()))
                                    .toList(),
                            digests(folder, trained ? CheckpointWeights.files() : List.of()))
                    .substring(0, KEY_DIGITS);
            Probing probing = new Probing(settings, use, weights, probes);
            Path expected = cache(settings).install(key, probing::into).resolve(EXPECTED);
            return new RewrittenModel(settings, use, weights, half, key, read(expected));
        } catch (IOException | ModelException e) {
            throw new UnrecognizedGraphException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Returns the file of that form, which is written where it is not in the cache. */
    Path file(GraphForm form) throws ModelException {
        try {
            return cache(settings)
                    .install(
                            key + "-" + GpuGraphs.lower(form),
                            folder -> write(settings, use, weights, form, half, folder.resolve(GRAPH)))
                    .resolve(GRAPH);
        } catch (IOException e) {
            throw cache(settings).cannotKeep(settings.folder().name(), e);
        }
    }

    private static void write(
            ModelSettings settings, Use use, BertWeights weights, GraphForm form, boolean half, Path file)
            throws IOException {
        try {
            BertGraph.write(weights, use.head(), form, half, settings.sigmoidInGraph(), file);
        } catch (UnrecognizedGraphException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static ModelCache cache(ModelSettings settings) {
        return new ModelCache(settings.cache().resolve("gpu"));
    }

    private static List<String> digests(ModelFolder folder, List<String> files) throws IOException {
        List<String> digests = new ArrayList<>();
        for (String file : files) {
            digests.add(DigestUtils.sha256Hex(Files.readAllBytes(folder.root().resolve(file))));
        }
        return digests;
    }

    /** Runs the probes on the CPU. */
    private record Probing(ModelSettings settings, Use use, BertWeights weights, List<Encoding> probes) {
        /** Writes what they give in full precision, after a check that the model's own file gives the same. */
        void into(Path folder) throws IOException, ModelException {
            Path graph = folder.resolve(GRAPH);
            write(settings, use, weights, GraphForm.PADDED, false, graph);
            float[][] expected;
            float[][] own = new float[probes.size()][];
            try (OnnxSession rewritten = onCpu(graph, GraphForm.PADDED);
                    OnnxSession source = onCpu(settings.folder().weightsFile(), GraphForm.SOURCE)) {
                expected = use.results().of(rewritten.run(probes), probes);
                for (int i = 0; i < own.length; i++) {
                    List<Encoding> one = List.of(probes.get(i));
                    own[i] = use.results().of(source.run(one), one)[0];
                }
            } catch (InferenceException e) {
                throw new IOException("it does not run on the CPU: " + e.getMessage(), e);
            }
            double off = GpuGraphs.distance(own, expected);
            boolean rough = settings.folder().graph().quantizesActivations();
            if (!(off <= (rough ? ROUGH_TOLERANCE : GpuGraphs.TOLERANCE))) {
                throw new IOException(String.format(
                        Locale.ROOT, "a BERT of its weights gives other results, which are off by %.4f", off));
            }
            Files.delete(graph);
            Files.write(
                    folder.resolve(EXPECTED),
                    Arrays.stream(expected).map(RewrittenModel::line).toList());
        }

        private OnnxSession onCpu(Path file, GraphForm form) throws ModelException {
            return OnnxSession.load(settings, use.outputs(), ExecutionProvider.CPU, file, form);
        }
    }

    private static String line(float[] row) {
        return IntStream.range(0, row.length)
                .mapToObj(i -> Float.toString(row[i]))
                .collect(Collectors.joining(" "));
    }

    private static float[][] read(Path file) throws IOException {
        List<float[]> rows = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String[] numbers = line.split(" ", -1);
            float[] row = new float[numbers.length];
            for (int i = 0; i < row.length; i++) {
                row[i] = Float.parseFloat(numbers[i]);
            }
            rows.add(row);
        }
        return rows.toArray(float[][]::new);
    }

    /** Returns the sizes, if the file says that it is a plain BERT. */
    private static BertConfig config(JsonNode json) throws UnrecognizedGraphException {
        require(json, "model_type", "bert", "nothing");
        require(json, "hidden_act", "gelu", "gelu");
        require(json, "position_embedding_type", "absolute", "absolute");
        try {
            return new BertConfig(
                    json.path("hidden_size").asInt(),
                    json.path("num_attention_heads").asInt(),
                    json.path("num_hidden_layers").asInt(),
                    (float) json.path("layer_norm_eps").asDouble(1e-12));
        } catch (IllegalArgumentException e) {
            throw new UnrecognizedGraphException("its config.json has " + e.getMessage(), e);
        }
    }

    private static void require(JsonNode json, String field, String wanted, String usual)
            throws UnrecognizedGraphException {
        String found = json.path(field).asText(usual);
        if (!found.equals(wanted)) {
            throw new UnrecognizedGraphException(
                    "only a BERT with " + field + " " + wanted + " is rewritten, and its config.json says " + found);
        }
    }
}
