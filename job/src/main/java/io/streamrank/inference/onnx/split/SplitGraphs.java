// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx.split;

import ai.djl.ndarray.types.DataType;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.onnx.split.OnnxGraphRunner.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Runs the two graphs of a split model: the encoder reads one part of a pair and gives its states, the joint graph reads the
 * states of both parts and gives a logit. Thread-safe; a workspace is for one thread at a time.
 */
public final class SplitGraphs implements AutoCloseable {
    private static final List<String> ENCODER_INPUTS = List.of("input_ids", "position_ids", "token_type_ids");
    private static final String LOGITS = "logits";

    private final OnnxGraphRunner encoder;
    private final OnnxGraphRunner joint;
    private final SplitLayout split;
    private final EncoderStateLayout query;
    private final EncoderStateLayout document;
    private final int longestQuery;
    private final int longestDocument;

    private SplitGraphs(
            OnnxGraphRunner encoder,
            OnnxGraphRunner joint,
            SplitLayout split,
            int maxTokens,
            EncoderStateLayout query,
            EncoderStateLayout document) {
        this.encoder = encoder;
        this.joint = joint;
        this.split = split;
        this.query = query;
        this.document = document;
        this.longestQuery = split.longestQuery(maxTokens);
        this.longestDocument = split.documentTokens(maxTokens);
    }

    /**
     * Holds the direct buffers that ONNX Runtime reads in a run.
     *
     * @param ids of the encoder's inputs
     * @param query states of a query, at its beginning
     * @param document states of a document, at its beginning
     */
    record Workspace(ByteBuffer ids, ByteBuffer query, ByteBuffer document) {}

    /**
     * Takes two loaded graphs and runs the longest pair. Closes them where they cannot be used.
     *
     * @param model name as users know it
     * @param maxTokens positions that are used
     */
    public static SplitGraphs of(
            String model, OnnxGraphRunner encoder, OnnxGraphRunner joint, SplitLayout split, int maxTokens)
            throws ModelException {
        boolean usable = false;
        try {
            SplitGraphs graphs = matched(model, encoder, joint, split, maxTokens);
            graphs.runLongest(model);
            usable = true;
            return graphs;
        } catch (InferenceException e) {
            throw new ModelException(
                    "Model " + model + " loads but does not run; " + e.getMessage() + "; export it again.", e);
        } finally {
            if (!usable) {
                encoder.close();
                joint.close();
            }
        }
    }

    private static SplitGraphs matched(
            String model, OnnxGraphRunner encoder, OnnxGraphRunner joint, SplitLayout split, int maxTokens)
            throws ModelException, InferenceException {
        if (!encoder.inputs().equals(Set.copyOf(ENCODER_INPUTS))) {
            throw new ModelException("Model " + model + " cannot be used: its encoder takes the inputs "
                    + encoder.inputs() + " instead of " + ENCODER_INPUTS
                    + "; export both graphs together, with split.py of the recipe.");
        }
        TokenSequence probe = TokenSequence.of(new int[2], 0, 2);
        List<Tensor> given = encoder.run(idTensors(probe, 0, 0, direct(idBytes(2))), null);
        return new SplitGraphs(
                encoder,
                joint,
                split,
                maxTokens,
                EncoderStateLayout.of(model, EncoderStateLayout.QUERY, joint.inputs(), given),
                EncoderStateLayout.of(model, EncoderStateLayout.DOCUMENT, joint.inputs(), given));
    }

    /** Runs what takes most memory, which also shows whether the model has all positions. */
    private void runLongest(String model) throws ModelException, InferenceException {
        Workspace workspace = newWorkspace();
        encodeQuery(TokenSequence.of(new int[longestQuery], 0, longestQuery), workspace);
        encodeDocument(TokenSequence.of(new int[longestDocument], 0, longestDocument), workspace);
        List<Tensor> outputs = runJoint(longestQuery, longestDocument, workspace);
        if (outputs.size() != 1 || outputs.get(0).data().remaining() != Float.BYTES) {
            throw new ModelException("Model " + model + " gives "
                    + (outputs.isEmpty()
                            ? "no output " + LOGITS
                            : Arrays.toString(outputs.get(0).shape()))
                    + " for one pair, the joint graph of a cross-encoder gives [1, 1]; export it with one label.");
        }
    }

    Workspace newWorkspace() {
        return new Workspace(
                direct(idBytes(Math.max(longestQuery, longestDocument))),
                direct(queryBytes(longestQuery)),
                direct(documentBytes(longestDocument)));
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private static int idBytes(int tokens) {
        return ENCODER_INPUTS.size() * tokens * Long.BYTES;
    }

    /** Returns the size of the states of a query's part. */
    int queryBytes(int tokens) {
        return query.bytes(tokens);
    }

    /** Returns the size of the states of a document's part. */
    int documentBytes(int tokens) {
        return document.bytes(tokens);
    }

    /** Computes the states of a query's part, special tokens included, into the workspace. */
    void encodeQuery(TokenSequence part, Workspace workspace) throws InferenceException {
        query.collect(encoder.run(idTensors(part, 0, 0, workspace.ids), query.names()), workspace.query);
    }

    /** Computes the states of a document's part, special token included, into the workspace. */
    void encodeDocument(TokenSequence part, Workspace workspace) throws InferenceException {
        List<Tensor> ids = idTensors(part, split.documentPosition(), 1, workspace.ids);
        document.collect(encoder.run(ids, document.names()), workspace.document);
    }

    /** Returns the logit of the pair whose states are in the workspace. */
    float logit(int queryTokens, int documentTokens, Workspace workspace) throws InferenceException {
        ByteBuffer logit =
                runJoint(queryTokens, documentTokens, workspace).get(0).data().order(ByteOrder.nativeOrder());
        return logit.getFloat(logit.position());
    }

    private List<Tensor> runJoint(int queryTokens, int documentTokens, Workspace workspace) throws InferenceException {
        List<Tensor> inputs = new ArrayList<>();
        query.addInputs(workspace.query, queryTokens, inputs);
        document.addInputs(workspace.document, documentTokens, inputs);
        return joint.run(inputs, Set.of(LOGITS));
    }

    /** Returns the encoder's inputs, which are written to the beginning of a buffer. */
    private static List<Tensor> idTensors(TokenSequence part, int firstPosition, int type, ByteBuffer buffer) {
        int tokens = part.length();
        int size = tokens * Long.BYTES;
        for (int i = 0; i < tokens; i++) {
            buffer.putLong(i * Long.BYTES, part.id(i));
            buffer.putLong(size + i * Long.BYTES, firstPosition + i);
            buffer.putLong(2 * size + i * Long.BYTES, type);
        }
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < ENCODER_INPUTS.size(); i++) {
            ByteBuffer data = buffer.slice(i * size, size).order(ByteOrder.nativeOrder());
            tensors.add(new Tensor(ENCODER_INPUTS.get(i), DataType.INT64, new long[] {1, tokens}, data));
        }
        return tensors;
    }

    @Override
    public void close() {
        encoder.close();
        joint.close();
    }
}
