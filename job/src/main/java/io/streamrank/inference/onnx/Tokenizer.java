// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.wordpiece.WordPiece;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.io.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Tokenises texts and pairs with the model's own tokenizer, Hugging Face's native code, or faster where that gives the same.
 * Thread-safe: encoding does not change it.
 */
final class Tokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;
    /** Null where the tokenizer is of another kind. */
    private final @Nullable WordPiece pieces;

    private Tokenizer(HuggingFaceTokenizer tokenizer, @Nullable WordPiece pieces) {
        this.tokenizer = tokenizer;
        this.pieces = pieces;
    }

    /** Loads a tokenizer that truncates. In a pair that is too long it cuts the longer text first, as sentence-transformers does. */
    static Tokenizer load(TokenizerSettings settings, int maxTokens) throws ModelException {
        String limit = Integer.toString(maxTokens);
        return new Tokenizer(
                open(
                        settings,
                        settings.plain() ? null : settings.file(maxTokens),
                        Map.of("truncation", "LONGEST_FIRST", "maxLength", limit, "modelMaxLength", limit)),
                null);
    }

    static Tokenizer loadWithoutTruncation(TokenizerSettings settings) throws ModelException {
        JsonNode file = settings.file(0);
        HuggingFaceTokenizer tokenizer =
                open(settings, settings.plain() ? null : file, Map.of("truncation", "DO_NOT_TRUNCATE"));
        return new Tokenizer(tokenizer, WordPiece.of(file, settings.lowerCase(), text -> tokens(tokenizer, text)));
    }

    /** @param changed what is read in place of the tokenizer's file; null for the file as it is */
    private static HuggingFaceTokenizer open(
            TokenizerSettings settings, @Nullable JsonNode changed, Map<String, String> truncation)
            throws ModelException {
        ModelFolder folder = settings.folder();
        checkExists(folder);
        Map<String, String> options = new HashMap<>(truncation);
        options.put("padding", "DO_NOT_PAD");
        options.put("doLowerCase", settings.lowerCase() ? "en" : "false");
        try {
            return changed == null
                    ? HuggingFaceTokenizer.newInstance(folder.tokenizerFile(), options)
                    : HuggingFaceTokenizer.newInstance(
                            IOUtils.toInputStream(changed.toString(), StandardCharsets.UTF_8), options);
        } catch (EngineException e) {
            throw new ModelException(OnnxRuntimeSetup.installationError(e), e);
        } catch (IOException | RuntimeException e) {
            throw new ModelException(
                    "Model " + folder.name() + " cannot be used: " + folder.tokenizerFile()
                            + " is damaged or of a format that" + " this tokenizer does not know (" + e.getMessage()
                            + ").",
                    e);
        }
    }

    /** Checks that the model has a tokenizer. */
    static void checkExists(ModelFolder folder) throws ModelException {
        if (!Files.isRegularFile(folder.tokenizerFile())) {
            throw new ModelException("Model " + folder.name() + " has no tokenizer.json in " + folder.root()
                    + " or next to its weights " + folder.weights()
                    + ": export it with the model, or save the tokenizer with save_pretrained.");
        }
    }

    /** Returns token ids without special tokens. */
    int[] tokens(String text) {
        return pieces == null ? tokens(tokenizer, text) : pieces.tokens(text);
    }

    private static int[] tokens(HuggingFaceTokenizer tokenizer, String text) {
        return ids(tokenizer.encode(wellFormed(text), false, false));
    }

    Encoding encode(String text) {
        return encoding(tokenizer.encode(wellFormed(text)));
    }

    Encoding encode(String first, String second) {
        return encoding(tokenizer.encode(wellFormed(first), wellFormed(second)));
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private static Encoding encoding(ai.djl.huggingface.tokenizers.Encoding encoded) {
        long[] types = encoded.getTypeIds();
        int second = 0;
        while (second < types.length && types[second] == 0) {
            second++;
        }
        return new Encoding(ids(encoded), second, encoded.exceedMaxLength());
    }

    private static int[] ids(ai.djl.huggingface.tokenizers.Encoding encoded) {
        return Arrays.stream(encoded.getIds()).mapToInt(Math::toIntExact).toArray();
    }

    /** Replaces half of a surrogate pair, which JSON can carry but native code cannot. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return text.codePoints()
                        .map(point ->
                                point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xFFFD : point)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }
}
