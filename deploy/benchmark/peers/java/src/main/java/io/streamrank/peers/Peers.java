// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.peers;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.translator.CrossEncoderTranslator;
import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.util.StringPair;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.model.scoring.onnx.OnnxScoringModel;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A Java reranker, a call a query, as its documentation shows it: a peer of {@code ./streamrank benchmark --peer
 * NAME=COMMAND}, which tells it how much to score and when.
 */
public final class Peers {
    /** Scores a query's passages, to logits. */
    private interface Peer {
        List<Double> score(String query, List<String> passages) throws Exception;
    }

    private static final class Question {
        private final List<String> passages = new ArrayList<>();
        private final List<Double> logits = new ArrayList<>();
        private final String query;

        private Question(String query) {
            this.query = query;
        }
    }

    private Peers() {}

    /** langchain4j|djl PAIRS MODEL-DIRECTORY WEIGHTS. */
    public static void main(String[] args) throws Exception {
        List<Question> questions = read(Path.of(args[1]));
        Peer peer = args[0].equals("langchain4j")
                ? langchain4j(Path.of(args[2]), Path.of(args[3]))
                : djl(Path.of(args[2]), Path.of(args[3]));
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        int next = 0;
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            double apart = 0;
            for (int i = 0; i < Integer.parseInt(order); i++) {
                apart = Math.max(apart, score(peer, questions.get(next++ % questions.size())));
            }
            System.out.printf(Locale.ROOT, "{\"max_difference\": %.9f}%n", apart);
        }
        System.exit(0); // native thread pools would keep the process
    }

    private static double score(Peer peer, Question question) throws Exception {
        double apart = 0;
        List<Double> logits = peer.score(question.query, question.passages);
        for (int i = 0; i < logits.size(); i++) {
            apart = Math.max(apart, Math.abs(logits.get(i) - question.logits.get(i)));
        }
        return apart;
    }

    private static Peer langchain4j(Path model, Path weights) {
        ScoringModel scoring = new OnnxScoringModel(
                weights.toString(), model.resolve("tokenizer.json").toString());
        return (query, passages) -> scoring.scoreAll(
                        passages.stream().map(TextSegment::from).toList(), query)
                .content();
    }

    private static Peer djl(Path model, Path weights) throws Exception {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.builder()
                .optTokenizerPath(model.resolve("tokenizer.json"))
                .optTruncation(true)
                .optMaxLength(512)
                .optPadding(true)
                .build();
        // DJL wants a folder of its own.
        Path folder = Files.createTempDirectory("peer");
        Files.createSymbolicLink(folder.resolve("model.onnx"), weights.toRealPath());
        ZooModel<StringPair, float[]> loaded = Criteria.builder()
                .setTypes(StringPair.class, float[].class)
                .optModelPath(folder)
                .optModelName("model")
                .optEngine("OnnxRuntime")
                .optTranslator(CrossEncoderTranslator.builder(tokenizer)
                        .optSigmoid(false)
                        .optIncludeTokenTypes(true)
                        .build())
                .build()
                .loadModel();
        Predictor<StringPair, float[]> predictor = loaded.newPredictor();
        return (query, passages) -> predictor
                .batchPredict(passages.stream()
                        .map(passage -> new StringPair(query, passage))
                        .toList())
                .stream()
                .map(logit -> (double) logit[0])
                .toList();
    }

    private static List<Question> read(Path file) throws Exception {
        ObjectMapper json = new ObjectMapper();
        Map<Integer, Question> questions = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode pair = json.readTree(line);
            Question question = questions.computeIfAbsent(
                    pair.path("query_id").asInt(),
                    id -> new Question(pair.path("query").asText()));
            question.passages.add(pair.path("passage").asText());
            question.logits.add(pair.path("logit").asDouble());
        }
        return List.copyOf(questions.values());
    }
}
