// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.graph.GraphForm;
import io.streamrank.inference.graph.Head;
import io.streamrank.inference.graph.OnnxGraph;
import io.streamrank.inference.graph.UnrecognizedGraphException;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.onnx.OnnxSession.Output;
import io.streamrank.inference.repository.ModelFolder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a model on a GPU as the graph that suits it best there. A BERT is written anew with operators that CUDA has kernels
 * for; weights that are quantised for CPUs become half precision. It is used if it gives on the GPU what it gives on the CPU
 * in full precision.
 */
final class GpuGraphs {
    private static final Logger LOG = LoggerFactory.getLogger(GpuGraphs.class);

    /** Names the only form to try, for measurements. */
    private static final String PROPERTY = "streamrank.gpu-graph";

    /** Most that a result may differ from the right one: of a logit up to 4, or of a vector's length. */
    static final double TOLERANCE = 0.02;

    private static final double LARGE = 4;

    private static final List<Integer> PROBE_LENGTHS = List.of(5, 17, 33, 64, 90);

    private final ModelSettings settings;
    private final Use use;
    private final List<Encoding> probes;

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

    GpuGraphs(ModelSettings settings, Use use, List<Encoding> examples) {
        this.settings = settings;
        this.use = use;
        Encoding first = examples.get(0);
        this.probes = Stream.concat(
                        examples.stream(),
                        PROBE_LENGTHS.stream()
                                .filter(length -> length <= settings.maxTokens())
                                .map(length -> WarmUp.ofLength(first, length)))
                .toList();
    }

    /** Opens a session on the GPU, as the first form that can be. */
    OnnxSession open(ExecutionProvider provider) throws ModelException {
        provider.sessionOptions(settings.folder()).close(); // without CUDA no form works
        List<GraphForm> forms = forms(System.getProperty(PROPERTY));
        if (forms.equals(List.of(GraphForm.SOURCE))) {
            return openSource(provider, PROPERTY + " is source");
        }
        RewrittenModel model;
        try {
            model = RewrittenModel.recognize(settings, use, probes);
        } catch (UnrecognizedGraphException e) {
            return openSource(provider, String.valueOf(e.getMessage()));
        }
        return first(
                forms,
                form -> form == GraphForm.SOURCE
                        ? openSource(provider, "no form of its graph runs there")
                        : openRewritten(provider, form, model));
    }

    /** Returns the forms to try, the best first. */
    static List<GraphForm> forms(@Nullable String only) throws ModelException {
        if (only == null) {
            return List.of(GraphForm.PACKED, GraphForm.PADDED, GraphForm.SOURCE);
        }
        return List.of(Arrays.stream(GraphForm.values())
                .filter(form -> lower(form).equals(only))
                .findFirst()
                .orElseThrow(() -> new ModelException(PROPERTY + " is " + only + "; it must be one of "
                        + Arrays.stream(GraphForm.values())
                                .map(GpuGraphs::lower)
                                .collect(Collectors.joining(", "))
                        + ".")));
    }

    static String lower(GraphForm form) {
        return form.name().toLowerCase(Locale.ROOT);
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
        OnnxGraph graph = folder.graph();
        if (graph.quantizesActivations()) {
            throw provider.unsuited(folder, reason);
        }
        OnnxSession session =
                OnnxSession.load(settings, use.outputs(), provider, folder.weightsFile(), GraphForm.SOURCE);
        if (graph.operators().contains("SkipLayerNormalization")) {
            LOG.info("Model {} runs on {} as it was fused before ({})", folder.name(), provider, reason);
        } else {
            LOG.warn(
                    "Model {} runs on {} as it was exported ({}): its attention and layer norms are not fused and it computes"
                            + " padding, which takes two to three times as long.",
                    folder.name(),
                    provider,
                    reason);
        }
        return session;
    }

    private OnnxSession openRewritten(ExecutionProvider provider, GraphForm form, RewrittenModel model)
            throws ModelException {
        String name = settings.folder().name();
        String graph = lower(form) + " graph in " + (model.half() ? "half" : "full") + " precision";
        OnnxSession session = OnnxSession.load(settings, use.outputs(), provider, model.file(form), form);
        try {
            double off = distance(use.results().of(session.run(probes), probes), model.expected());
            String digits = String.format(Locale.ROOT, "%.4f", off);
            if (!(off <= TOLERANCE)) {
                throw new ModelException("Model " + name + " as a " + graph + " gives results on " + provider
                        + " that are off by " + digits + ", more than " + TOLERANCE + ".");
            }
            LOG.info("Model {} is a {} on {}, off by {}", name, graph, provider, digits);
            return session;
        } catch (InferenceException e) {
            session.close();
            throw new ModelException(
                    "Model " + name + " as a " + graph + " does not run on " + provider + " (" + e.getMessage() + ").",
                    e);
        } catch (ModelException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * Returns the largest distance between rows, relative to {@link #LARGE} where they are larger. It is not a number where
     * one of them is not.
     */
    static double distance(float[][] rows, float[][] expected) {
        double largest = rows.length == expected.length ? 0 : Double.NaN;
        for (int i = 0; i < expected.length && !Double.isNaN(largest); i++) {
            double square = rows[i].length == expected[i].length ? 0 : Double.NaN;
            double norm = 0;
            for (int j = 0; j < expected[i].length && !Double.isNaN(square); j++) {
                double difference = (double) rows[i][j] - expected[i][j];
                square += difference * difference;
                norm += (double) expected[i][j] * expected[i][j];
            }
            largest = Math.max(largest, Math.sqrt(square) / Math.max(1, Math.sqrt(norm) / LARGE));
        }
        return largest;
    }
}
