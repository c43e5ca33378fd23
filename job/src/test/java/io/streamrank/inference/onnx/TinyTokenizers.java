// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.inference.repository.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small tokenizers of the kinds that cross-encoders come with, made for tests: a few pieces, the real processing steps. */
final class TinyTokenizers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PIECES = List.of("th", "the", "in", "er", "an", "re", "on", "at", "wor", "ds");

    private TinyTokenizers() {}

    /** Byte-level BPE; {@code <s> A </s></s> B </s>}, all of type 0. */
    static ModelFolder roberta(Path folder) throws IOException {
        ObjectNode vocabulary = JSON.createObjectNode();
        List.of("<s>", "<pad>", "</s>", "<unk>").forEach(token -> vocabulary.put(token, vocabulary.size()));
        for (int value = 0; value < 256; value++) {
            vocabulary.put(String.valueOf(byteCharacter(value)), vocabulary.size());
        }
        ArrayNode merges = JSON.createArrayNode();
        for (String piece : List.of("t h", "th e", "i n", "e r", "\u0120 t", "\u0120t h", "w o", "\u0120 \u0120")) {
            merges.add(piece);
            vocabulary.put(piece.replace(" ", ""), vocabulary.size());
        }
        ObjectNode file = file("""
                {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
                 "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0],
                                    "trim_offsets": true, "add_prefix_space": false},
                 "model": {"type": "BPE", "unk_token": null, "continuing_subword_prefix": "", "end_of_word_suffix": ""}}
                """, List.of("<s>", "<pad>", "</s>", "<unk>"));
        model(file).set("vocab", vocabulary);
        model(file).set("merges", merges);
        return write(folder, file);
    }

    /** Unigram over words that begin with a mark; {@code <s> A </s> </s> B </s>}, all of type 0. */
    static ModelFolder xlmRoberta(Path folder) throws IOException {
        return write(folder, unigram("""
                {"pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true},
                 "post_processor": {"type": "TemplateProcessing",
                    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                               {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                    "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                             {"SpecialToken": {"id": "</s>", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}},
                             {"Sequence": {"id": "B", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                    "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
                                       "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}}}
                """, List.of("<s>", "<pad>", "</s>", "<unk>"), 70_000));
    }

    /** Unigram whose first word alone may lack its mark; {@code [CLS] A [SEP] B [SEP]} with types. */
    static ModelFolder deberta(Path folder) throws IOException {
        return write(folder, unigram(bertLike("A", "B"), List.of("[PAD]", "[CLS]", "[SEP]", "[UNK]"), 0));
    }

    /** No tokenizer is like this one: it puts the second text first. */
    static ModelFolder backwards(Path folder) throws IOException {
        return write(folder, unigram(bertLike("B", "A"), List.of("[PAD]", "[CLS]", "[SEP]", "[UNK]"), 0));
    }

    private static String bertLike(String first, String second) {
        return """
                {"normalizer": {"type": "Sequence", "normalizers": [{"type": "Strip", "strip_left": true, "strip_right": true},
                                                                    {"type": "NFC"}]},
                 "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": true},
                 "post_processor": {"type": "TemplateProcessing",
                    "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                               {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
                    "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "%s", "type_id": 0}},
                             {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "%s", "type_id": 1}},
                             {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
                    "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]},
                                       "[SEP]": {"id": "[SEP]", "ids": [2], "tokens": ["[SEP]"]}}}}
                """.formatted(first, second);
    }

    /** @param filler pieces that no text has, before those that texts have: their ids then need more than two bytes */
    private static ObjectNode unigram(String steps, List<String> special, int filler) throws IOException {
        ObjectNode file = file(steps, special);
        List<String> pieces = new ArrayList<>(special);
        for (int i = 0; i < filler; i++) {
            pieces.add("\u2581\u2581" + i + "\u2581");
        }
        pieces.add("\u2581");
        for (char letter = '!'; letter <= '~'; letter++) {
            pieces.add(String.valueOf(letter));
        }
        PIECES.forEach(piece -> pieces.addAll(List.of(piece, "\u2581" + piece)));
        ArrayNode vocabulary = JSON.createArrayNode();
        for (String piece : pieces) {
            vocabulary.addArray().add(piece).add(vocabulary.size() < special.size() ? 0.0 : -20.0 / piece.length());
        }
        ObjectNode model = JSON.createObjectNode().put("type", "Unigram").put("unk_id", 3);
        file.set("model", model.set("vocab", vocabulary));
        return file;
    }

    private static ObjectNode file(String steps, List<String> special) throws IOException {
        ObjectNode file = (ObjectNode) JSON.readTree(steps);
        file.put("version", "1.0");
        ArrayNode added = file.putArray("added_tokens");
        for (String token : special) {
            added.addObject()
                    .put("id", added.size() - 1)
                    .put("content", token)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        return file;
    }

    private static ObjectNode model(ObjectNode file) {
        return (ObjectNode) file.path("model");
    }

    private static ModelFolder write(Path folder, ObjectNode file) throws IOException {
        ModelFolder model = new ModelFolder("tiny", folder, "model.onnx");
        Files.writeString(model.tokenizerFile(), JSON.writeValueAsString(file));
        return model;
    }

    /** GPT-2's way to write a byte as a visible character. */
    private static char byteCharacter(int value) {
        if ((value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || (value >= 0xae && value <= 0xff)) {
            return (char) value;
        }
        int invisibleBefore = value <= ' ' ? value : value <= 0xa0 ? value - 0x7f + 33 : 67;
        return (char) (256 + invisibleBefore);
    }
}
