// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.graph.BertConfig;
import io.streamrank.inference.graph.BertGraph;
import io.streamrank.inference.graph.BertReader;
import io.streamrank.inference.graph.BertWeights;
import io.streamrank.inference.graph.GraphForm;
import io.streamrank.inference.graph.Head;
import io.streamrank.inference.graph.UnrecognizedGraphException;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.onnx.OnnxSession.Output;
import io.streamrank.inference.repository.ModelCache;
import io.streamrank.inference.repository.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a model on a GPU as the graph that suits it best there. A BERT is written anew, into the model cache, with operators
 * that CUDA has kernels for; weights that are quantised for CPUs become half precision. Before it is used, it is compared with
 * the model's own file, on the CPU, and then on the GPU with what it gives on the CPU.
 */
final class GpuGraphs {
    private static final Logger LOG = LoggerFactory.getLogger(GpuGraphs.class);

    /** Names the only form to try, for measurements. */
    private static final String PROPERTY = "streamrank.gpu-graph";

    /** Most that a result may differ from the right one: of a logit up to 4, or of a vector's length. */
    private static final double TOLERANCE = 0.02;

    private static final double LARGE = 4;

    /** The same against a file that quantises activations, which itself is off. */
    private static final double ROUGH_TOLERANCE = 1;

    private static final List<Integer> PROBE_LENGTHS = List.of(5, 17, 33, 64, 90);

    private final ModelSettings settings;
    private final Use use;
    private final List<Encoding> probes;
    private final boolean quantized;

    /** Opens a session. */
    interface Opener<S> {
        S open(GraphForm form) throws ModelException;
    }

    /** Makes the results of a batch, one row a text. */
    interface Results {
        float[][] of(Output output, List<Encoding> batch) throws InferenceException;
    }

    /**
     * Says what a kind of model is opened for.
     *
     * @param outputs names to look for; the graph's first output where it has none of them
     * @param results for comparison
     */
    record Use(Head head, List<String> outputs, Results results) {}

    /** Holds a recognised model: its weights and what the probes should give. */
    private record Recognized(BertWeights weights, boolean half, String key, float[][] expected) {}

    GpuGraphs(ModelSettings settings, Use use, List<Encoding> examples) throws ModelException {
        this.settings = settings;
        this.use = use;
        Encoding first = examples.get(0);
        this.probes = Stream.concat(
                        examples.stream(),
                        PROBE_LENGTHS.stream()
                                .filter(length -> length <= settings.maxTokens())
                                .map(length -> WarmUp.ofLength(first, length)))
                .toList();
        this.quantized = settings.folder().graph().quantizesActivations();
    }

    /** Opens a session on the GPU, as the first form that can be. */
    OnnxSession open(ExecutionProvider provider) throws ModelException {
        provider.sessionOptions(settings.folder()).close(); // without CUDA no form works
        List<GraphForm> forms = forms(System.getProperty(PROPERTY));
        Recognized recognized = null;
        String reason = "another form is set";
        if (!forms.equals(List.of(GraphForm.SOURCE))) {
            try {
                recognized = recognize();
            } catch (UnrecognizedGraphException | IOException e) {
                reason = e.getMessage();
                forms = List.of(GraphForm.SOURCE);
            }
        }
        Recognized found = recognized;
        String why = reason;
        return first(forms, form -> found == null || form == GraphForm.SOURCE
                ? openSource(provider, why)
                : openMade(provider, form, found));
    }

    static List<GraphForm> forms(@Nullable String only) {
        return only == null
                ? List.of(GraphForm.PACKED, GraphForm.PADDED, GraphForm.SOURCE)
                : List.of(GraphForm.valueOf(only.toUpperCase(Locale.ROOT)));
    }

    /** Opens the first form that can be opened, and says in the log why others cannot. */
    static <S> S first(List<GraphForm> forms, Opener<S> opener) throws ModelException {
        for (GraphForm form : forms.subList(0, forms.size() - 1)) {
            try {
                return opener.open(form);
            } catch (ModelException e) {
                LOG.warn("{} A slower form of its graph is tried.", e.getMessage());
            }
        }
        return opener.open(forms.get(forms.size() - 1));
    }

    private OnnxSession openSource(ExecutionProvider provider, String reason) throws ModelException {
        ModelFolder folder = settings.folder();
        if (quantized) {
            throw provider.unsuited(folder, reason);
        }
        OnnxSession session = OnnxSession.load(settings, use.outputs(), provider, folder.weightsFile(), GraphForm.SOURCE);
        if (!folder.graph().operators().contains("SkipLayerNormalization")) {
            LOG.warn(
                    "Model {} runs on {} as it was exported ({}), with attention and layer norms that are not fused, which takes"
                            + " about twice the time and more memory.",
                    folder.name(),
                    provider,
                    reason);
        }
        return session;
    }

    private OnnxSession openMade(ExecutionProvider provider, GraphForm form, Recognized model) throws ModelException {
        String name = settings.folder().name();
        OnnxSession session = OnnxSession.load(settings, use.outputs(), provider, made(model, form), form);
        try {
            double off = distance(use.results().of(session.run(probes), probes), model.expected());
            if (!(off <= TOLERANCE)) {
                throw new ModelException("Model " + name + " gives results on " + provider + " as a "
                        + describe(form, model.half()) + " that are off by " + round(off) + ", more than " + TOLERANCE + ".");
            }
            LOG.info("Model {} is a {} on {}, off by {}", name, describe(form, model.half()), provider, round(off));
            return session;
        } catch (InferenceException e) {
            session.close();
            throw new ModelException(
                    "Model " + name + " does not run on " + provider + " as a " + describe(form, model.half()) + " ("
                            + e.getMessage() + ").",
                    e);
        } catch (ModelException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static String describe(GraphForm form, boolean half) {
        return form.name().toLowerCase(Locale.ROOT) + " graph in " + (half ? "half" : "full") + " precision";
    }

    private static String round(double number) {
        return String.format(Locale.ROOT, "%.4f", number);
    }

    /** Returns the file of that form, which is written where it is not in the cache. */
    private Path made(Recognized model, GraphForm form) throws ModelException {
        try {
            return cache()
                    .install(model.key() + "-" + form.name().toLowerCase(Locale.ROOT), folder -> {
                        try {
                            write(model.weights(), form, model.half(), folder.resolve("model.onnx"));
                        } catch (UnrecognizedGraphException e) {
                            throw new ModelException(
                                    "Model " + settings.folder().name() + " is not written for a GPU: " + e.getMessage()
                                            + ".",
                                    e);
                        }
                    })
                    .resolve("model.onnx");
        } catch (IOException e) {
            throw cache().cannotKeep(settings.folder().name(), e);
        }
    }

    private void write(BertWeights weights, GraphForm form, boolean half, Path file)
            throws IOException, UnrecognizedGraphException {
        BertGraph.write(weights, use.head(), form, half, settings.sigmoidInGraph(), file);
    }

    private ModelCache cache() {
        return new ModelCache(settings.cache().resolve("gpu"));
    }

    private Recognized recognize() throws ModelException, UnrecognizedGraphException, IOException {
        ModelFolder folder = settings.folder();
        BertConfig config = config(new ModelJsonFiles(folder).read("config.json"));
        BertWeights weights = BertReader.read(folder.weightsFile(), config, use.head());
        if (weights.longest() < settings.maxTokens()) {
            throw new UnrecognizedGraphException("it has positions for " + weights.longest() + " tokens only");
        }
        String ids = probes.stream().map(probe -> Arrays.toString(probe.ids())).collect(Collectors.joining());
        String key = Fingerprint.of(
                        folder, BertGraph.VERSION, config, use.head(), settings.sigmoidInGraph(), weights.isFull(), ids)
                .substring(0, 32);
        Path expected = cache().install(key, directory -> expect(weights, directory)).resolve("expected");
        return new Recognized(weights, !weights.isFull(), key, read(expected));
    }

    /** Runs the probes on the CPU, in full precision, and checks that the model's own file gives the same. */
    private void expect(BertWeights weights, Path directory) throws IOException, ModelException {
        Path reference = directory.resolve("reference.onnx");
        try {
            write(weights, GraphForm.PADDED, false, reference);
        } catch (UnrecognizedGraphException e) {
            throw new IOException(e.getMessage(), e);
        }
        float[][] expected;
        float[][] own = new float[probes.size()][];
        try (OnnxSession made = onCpu(reference, GraphForm.PADDED);
                OnnxSession source = onCpu(settings.folder().weightsFile(), GraphForm.SOURCE)) {
            expected = use.results().of(made.run(probes), probes);
            for (int i = 0; i < own.length; i++) {
                List<Encoding> one = List.of(probes.get(i));
                own[i] = use.results().of(source.run(one), one)[0];
            }
        } catch (InferenceException e) {
            throw new IOException("it does not run on the CPU: " + e.getMessage(), e);
        }
        double off = distance(own, expected);
        if (!(off <= (quantized ? ROUGH_TOLERANCE : TOLERANCE))) {
            throw new IOException("with its weights a BERT gives results that are off by " + round(off));
        }
        Files.delete(reference);
        Files.write(
                directory.resolve("expected"),
                Arrays.stream(expected).map(GpuGraphs::join).toList());
    }

    private OnnxSession onCpu(Path file, GraphForm form) throws ModelException {
        return OnnxSession.load(settings, use.outputs(), ExecutionProvider.CPU, file, form);
    }

    private static String join(float[] row) {
        return IntStream.range(0, row.length).mapToObj(i -> Float.toString(row[i])).collect(Collectors.joining(" "));
    }

    private static float[][] read(Path file) throws IOException {
        List<float[]> rows = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String[] words = line.split(" ");
            float[] row = new float[words.length];
            for (int i = 0; i < row.length; i++) {
                row[i] = Float.parseFloat(words[i]);
            }
            rows.add(row);
        }
        return rows.toArray(float[][]::new);
    }

    /** Returns the largest distance of two rows; relative to {@link #LARGE} where they are larger. Not a number if they are not. */
    static double distance(float[][] rows, float[][] expected) {
        double largest = rows.length == expected.length ? 0 : Double.NaN;
        for (int i = 0; i < expected.length; i++) {
            double square = 0;
            double norm = 0;
            for (int j = 0; j < expected[i].length; j++) {
                double difference = (double) rows[i][j] - expected[i][j];
                square += difference * difference;
                norm += (double) expected[i][j] * expected[i][j];
            }
            largest = Math.max(largest, Math.sqrt(square) / Math.max(1, Math.sqrt(norm) / LARGE));
        }
        return largest;
    }

    /** Returns the sizes, if the file says that it is a plain BERT. */
    private static BertConfig config(JsonNode json) throws UnrecognizedGraphException {
        require(json, "model_type", "bert");
        require(json, "hidden_act", "gelu");
        if (!json.path("position_embedding_type").asText("absolute").equals("absolute")) {
            require(json, "position_embedding_type", "absolute");
        }
        try {
            return new BertConfig(
                    json.path("hidden_size").asInt(),
                    json.path("num_attention_heads").asInt(),
                    json.path("num_hidden_layers").asInt(),
                    (float) json.path("layer_norm_eps").asDouble(1e-12));
        } catch (IllegalArgumentException e) {
            throw new UnrecognizedGraphException("its config.json has " + e.getMessage());
        }
    }

    private static void require(JsonNode json, String field, String value) throws UnrecognizedGraphException {
        String found = json.path(field).asText("nothing");
        if (!found.equals(value)) {
            throw new UnrecognizedGraphException(
                    "its config.json has " + found + " as " + field + ", and only " + value + " is rewritten");
        }
    }
}
