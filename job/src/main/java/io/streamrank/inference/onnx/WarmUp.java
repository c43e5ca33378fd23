// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.graph.GraphForm;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.onnx.OnnxSession.Output;
import io.streamrank.inference.repository.ModelFolder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a model before the first record comes, to find out what its files do not say. */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    /** Finds in a message of ONNX Runtime that memory was short. */
    private static final Pattern SHORT_OF_MEMORY =
            Pattern.compile("(?i)failed to allocate|bad.?alloc|out of memory|smaller than requested bytes");

    private WarmUp() {}

    /** Runs a model. */
    interface Runner {
        Output run(List<Encoding> batch) throws InferenceException;
    }

    /** Checks that a GPU which loaded the model also runs it; does nothing on the CPU. */
    static void checkGpu(ModelFolder folder, ExecutionProvider provider, Encoding first, Runner model)
            throws ModelException {
        if (!provider.onGpu()) {
            return;
        }
        try {
            Output unused = model.run(List.of(first));
        } catch (InferenceException e) {
            throw provider.unavailable(
                    folder, new InferenceException("its first run there failed: " + e.getMessage(), e));
        }
    }

    /**
     * Runs the largest batches on a GPU, as many at the same time as the job would, so that its memory does not grow later. If
     * they do not fit, it halves them until they do.
     *
     * @param maxBatchSize most items that one run may hold
     * @param longest most tokens of an item
     * @return the batching, with a budget that was seen to fit
     */
    static Batching fitting(
            ModelFolder folder,
            ExecutionProvider provider,
            Batching batching,
            int maxBatchSize,
            int longest,
            Encoding first,
            Runner model) {
        if (!provider.onGpu()) {
            return batching;
        }
        Encoding item = ofLength(first, longest);
        Batching fitting = batching;
        while (true) {
            int rows = Math.min(maxBatchSize, fitting.most(longest));
            InferenceException failure = failure(fitting.maxRuns(), Collections.nCopies(rows, item), model);
            if (failure == null) {
                return fitting;
            }
            Batching halved = rows == 1 ? fitting : fitting.withMaxTokens(Math.max(longest, rows * longest / 2));
            LOG.warn(
                    "Model {} does not run {} batches of {} texts of {} tokens at the same time on {} ({}): if max-batch-tokens is"
                            + " not set, its batches have at most {} tokens; raise models.gpu-memory to allow more.",
                    folder.name(),
                    fitting.maxRuns(),
                    rows,
                    longest,
                    provider,
                    failure.getMessage(),
                    halved.maxTokens());
            if (rows == 1) {
                return halved;
            }
            fitting = halved;
        }
    }

    /** Runs a batch so many times at the same time, and returns why one of the runs failed, or null. */
    private static @Nullable InferenceException failure(int runs, List<Encoding> batch, Runner model) {
        List<CompletableFuture<@Nullable InferenceException>> ends = IntStream.range(0, runs)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> failure(batch, model), run -> new Thread(run, "warm-up-" + i).start()))
                .toList();
        return ends.stream()
                .map(CompletableFuture::join)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /**
     * Runs the longest input that the model is said to read, and returns the longest that it does read. A model's files may say
     * more than its table of positions holds, so that each long text would fail for as long as the job runs.
     */
    static int longest(ModelSettings settings, OnnxSession session, Encoding first) throws ModelException {
        ModelFolder folder = settings.folder();
        int fails = settings.maxTokens();
        InferenceException reason = failure(List.of(ofLength(first, fails)), session::run);
        if (reason == null) {
            return fails;
        }
        int runs = Math.min(first.tokens(), fails - 1);
        while (fails - runs > 1) {
            int middle = (runs + fails) >>> 1;
            if (failure(List.of(ofLength(first, middle)), session::run) == null) {
                runs = middle;
            } else {
                fails = middle;
            }
        }
        if (settings.longestIsGiven()) {
            throw new ModelException(
                    "Model " + folder.name() + " does not run " + settings.maxTokens() + " tokens ("
                            + reason.getMessage() + "); set models.*.max-tokens to " + runs + " or less"
                            + (isShortOfMemory(reason) ? ", or raise models.gpu-memory if it runs on a GPU." : "."),
                    reason);
        }
        LOG.warn(lowered(folder.name(), settings.maxTokens(), runs, reason));
        return runs;
    }

    /** Says that a model does not run what its files say, and why. */
    static String lowered(String model, int said, int runs, InferenceException reason) {
        return "Model " + model + " does not run the " + said + " tokens that its files name as its longest input ("
                + reason.getMessage() + "), so longer ones than " + runs + " are cut"
                + (isShortOfMemory(reason)
                        ? "; its memory was short, so set models.*.max-tokens to what you need, or raise models.gpu-memory"
                                + " if it runs on a GPU."
                        : ".");
    }

    private static boolean isShortOfMemory(InferenceException reason) {
        return SHORT_OF_MEMORY.matcher(String.valueOf(reason.getMessage())).find();
    }

    private static @Nullable InferenceException failure(List<Encoding> batch, Runner model) {
        try {
            Output unused = model.run(batch);
            return null;
        } catch (InferenceException e) {
            return e;
        }
    }

    /** Returns an input of that length, with the tokens and segments of another. */
    static Encoding ofLength(Encoding first, int tokens) {
        int[] ids = new int[tokens];
        Arrays.setAll(ids, i -> first.ids()[i % first.tokens()]);
        return new Encoding(ids, first.secondSegment() < first.tokens() ? tokens / 2 : tokens, false);
    }

    /** Runs the graph over one item. */
    static Output run(ModelFolder folder, OnnxSession session, Encoding encoding) throws ModelException {
        try {
            return session.run(List.of(encoding));
        } catch (InferenceException e) {
            throw new ModelException(
                    "Model " + folder.name() + " loads but does not run; " + e.getMessage() + "; export it again.", e);
        }
    }

    /**
     * Returns the most items that one run may hold. That is one for graphs with dynamically quantised activations: ONNX Runtime
     * takes one scale for a whole tensor, so an item's result would depend on the others. It is also one for graphs that
     * were exported for one item, and for those that are not told what is padding.
     */
    static int maxBatchSize(ModelFolder folder, OnnxSession session, Encoding first, Encoding second)
            throws ModelException {
        if (session.form() == GraphForm.SOURCE && folder.graph().quantizesActivations()) {
            return 1;
        }
        if (!session.masksPadding()) {
            LOG.warn(
                    "Model {} takes no attention_mask, so padding would change its results, and it runs one text at a time;"
                            + " export it with an attention_mask to let it run batches.",
                    folder.name());
            return 1;
        }
        try {
            Output output = session.run(List.of(first, second));
            return output.shape().length > 0 && output.shape()[0] == 2 ? Integer.MAX_VALUE : 1;
        } catch (InferenceException e) {
            return 1;
        }
    }
}
