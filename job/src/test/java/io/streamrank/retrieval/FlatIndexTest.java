// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.streamrank.state.QuantizedVector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlatIndexTest {
    private static final int DIMENSION = 19;

    private final Random random = new Random(7);

    @Test
    void findsWhatASortOfAllScoresFindsThroughAnyHistoryOfChanges() {
        FlatIndex<String> index = new FlatIndex<>(DIMENSION);
        Map<String, float[]> truth = new TreeMap<>();
        for (int step = 0; step < 6_000; step++) {
            String id = "d" + random.nextInt(700);
            if (random.nextInt(3) == 0) {
                index.remove(id);
                truth.remove(id);
            } else {
                float[] vector = unit();
                index.put(id, vector, "text of " + id);
                truth.put(id, vector);
            }
            if (step % 50 == 0) {
                float[] query = unit();
                assertThat(index.size()).isEqualTo(truth.size());
                assertThat(ids(index.search(query, 10, null))).isEqualTo(bruteForce(truth, query, 10));
                assertThat(ids(index.search(query, 10, FlatIndexTest::isEven)))
                        .isEqualTo(bruteForce(even(truth), query, 10));
            }
        }
    }

    @Test
    void ordersEqualScoresByIdWhateverTheOrderOfArrival() {
        float[] same = unit();
        List<String> arrival = new ArrayList<>(List.of("a", "b", "c", "d", "e", "f", "g", "h"));
        for (int round = 0; round < 20; round++) {
            Collections.shuffle(arrival, random);
            FlatIndex<String> index = new FlatIndex<>(DIMENSION);
            arrival.forEach(id -> index.put(id, same, id));
            assertThat(ids(index.search(same, 3, null))).containsExactly("a", "b", "c");
        }
    }

    @Test
    void ranksFromZeroWithCosineScores() {
        FlatIndex<String> index = new FlatIndex<>(2);
        index.put("east", new float[] {1, 0}, "e");
        index.put("north", new float[] {0, 1}, "n");
        assertThat(index.search(new float[] {0.8f, 0.6f}, 5, null))
                .containsExactly(new Neighbor<>("east", "e", 0, 0.8f), new Neighbor<>("north", "n", 1, 0.6f));
    }

    @Test
    void considersOnlyWhatTheFilterLetsThrough() {
        FlatIndex<Integer> index = new FlatIndex<>(DIMENSION);
        for (int year = 1990; year < 2020; year++) {
            index.put("m" + year, unit(), year);
        }
        assertThat(index.search(unit(), 100, year -> year >= 2010))
                .hasSize(10)
                .allMatch(found -> found.document() >= 2010);
    }

    @Test
    void scoresAreDotProductsForEveryDimension() {
        for (int dimension = 1; dimension < 40; dimension++) {
            float[] vector = random(dimension);
            float[] query = random(dimension);
            double expected = 0;
            for (int i = 0; i < dimension; i++) {
                expected += (double) vector[i] * query[i];
            }
            assertThat((double) score(vector, query)).isCloseTo(expected, within(1e-4));
        }
    }

    @Test
    void doesNotAskTheFilterAboutDocumentsThatAreTooFar() {
        FlatIndex<Integer> index = new FlatIndex<>(2);
        for (int i = 0; i < 1_000; i++) {
            double angle = i * Math.PI / 1_000;
            index.put("d" + i, new float[] {(float) Math.cos(angle), (float) Math.sin(angle)}, i);
        }
        List<Integer> asked = new ArrayList<>();
        assertThat(ids(index.search(new float[] {1, 0}, 3, asked::add))).containsExactly("d0", "d1", "d2");
        assertThat(asked).hasSizeLessThan(50); // those whose coarse numbers are the same as theirs
    }

    @Test
    void growsAndShrinksWithItsDocuments() {
        FlatIndex<Integer> index = new FlatIndex<>(384);
        assertThat(index.bytes()).isZero();
        for (int i = 0; i < 1_000; i++) {
            index.put("d" + i, random(384), i);
        }
        assertThat(index.bytes()).isEqualTo(1_024 * (384 + 8) + 1_000 * 384);
        for (int i = 0; i < 999; i++) {
            index.remove("d" + i);
        }
        assertThat(index.bytes()).isLessThanOrEqualTo(4 * (384 + 8) + 384);
        index.remove("d999");
        assertThat(index.bytes()).isZero();
    }

    @Test
    void aSmallIndexTakesLittleMemory() {
        FlatIndex<Integer> index = new FlatIndex<>(384);
        for (int i = 1; i <= VectorBlock.LANES; i++) {
            index.put("d" + i, random(384), i);
            assertThat(index.bytes()).isBetween(i * 2L * 384, Math.max(4, 2 * i - 1) * (384L + 8) + i * 384L);
        }
    }

    @Test
    void aDocumentThatIsReplacedAgainAndAgainTakesNoMoreMemory() {
        for (int others : new int[] {0, 3, 500, 1_500}) {
            FlatIndex<Integer> index = new FlatIndex<>(64);
            for (int i = 0; i < others; i++) {
                index.put("other" + i, random(64), i);
            }
            for (int i = 0; i < 5_000; i++) {
                index.put("it", random(64), i);
            }
            assertThat(index.get("it")).isEqualTo(4_999);
            assertThat(index.bytes())
                    .isLessThanOrEqualTo((2L * others + VectorBlock.LANES) * (64 + 8) + others * 64L + 64);
        }
    }

    @Test
    void aVectorStaysReadableWhileItMovesThroughTheIndex() {
        FlatIndex<Integer> index = new FlatIndex<>(70);
        List<QuantizedVector> put = new ArrayList<>();
        List<byte[]> coarse = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            put.add(QuantizedVector.of(random(70)));
            coarse.add(put.get(i).coarse());
            index.put("d" + random.nextInt(600), put.get(i), i);
        }
        for (int i = 0; i < put.size(); i++) {
            assertThat(put.get(i).coarse()).isEqualTo(coarse.get(i));
        }
    }

    @Test
    void findsWhatALookAtEachVectorFinds() {
        int documents = Integer.getInteger("streamrank.recall-documents", 10_000);
        int queries = 20;
        MadeVectors made = new MadeVectors(384, 100, 1);
        FlatIndex<Integer> index = new FlatIndex<>(384);
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < documents; i++) {
            vectors.add(made.next());
            index.put("d" + i, vectors.get(i), i);
        }
        int found = 0;
        int foundOfOneInTen = 0;
        for (int i = 0; i < queries; i++) {
            float[] query = made.next();
            found += inBoth(index.search(query, 50, null), exact(vectors, query, 50, 1));
            foundOfOneInTen +=
                    inBoth(index.search(query, 50, number -> number % 10 == 0), exact(vectors, query, 50, 10));
        }
        assertThat((found + foundOfOneInTen) / (double) (2 * 50 * queries)).isGreaterThanOrEqualTo(0.999);
    }

    /** Returns the nearest by sums of doubles, of each so many documents one. */
    private static Set<Integer> exact(List<float[]> vectors, float[] query, int k, int each) {
        double[] scores = new double[vectors.size()];
        for (int i = 0; i < scores.length; i += each) {
            float[] vector = vectors.get(i);
            for (int j = 0; j < query.length; j++) {
                scores[i] += (double) vector[j] * query[j];
            }
        }
        return IntStream.range(0, scores.length)
                .filter(i -> i % each == 0)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(k)
                .collect(Collectors.toSet());
    }

    private static int inBoth(List<Neighbor<Integer>> found, Set<Integer> exact) {
        return (int)
                found.stream().filter(one -> exact.contains(one.document())).count();
    }

    @Test
    void findsTheSameInManyBlocksWhateverTheOrderOfArrival() {
        MadeVectors made = new MadeVectors(16, 9, 3);
        List<float[]> vectors = new ArrayList<>();
        List<Integer> arrival = new ArrayList<>();
        for (int i = 0; i < 130 * VectorBlock.LANES; i++) { // so many that several threads read them
            vectors.add(made.next());
            arrival.add(i);
        }
        float[] query = made.next();
        FlatIndex<Integer> one = new FlatIndex<>(16);
        arrival.forEach(i -> one.put("d" + i, vectors.get(i), i));
        Collections.shuffle(arrival, random);
        FlatIndex<Integer> other = new FlatIndex<>(16);
        arrival.forEach(i -> other.put("d" + i, vectors.get(i), i));
        assertThat(one.search(query, 20, null)).isEqualTo(other.search(query, 20, null));
        assertThat(one.search(query, 20, i -> i % 5_000 == 3)).isEqualTo(other.search(query, 20, i -> i % 5_000 == 3));
        assertThat(one.search(query, 20, i -> i % 5_000 == 3)).hasSize(14);
    }

    @Test
    void scoresHaveTheSameBitsHoweverFewOtherDocumentsThereAre() {
        FlatIndex<String> index = new FlatIndex<>(DIMENSION);
        float[] vector = unit();
        float[] query = Vectors.normalized(random(DIMENSION));
        index.put("it", vector, "it");
        float alone = score(vector, query);
        for (int i = 0; i < 2 * VectorBlock.LANES; i++) {
            index.put("other" + i, unit(), "other");
            assertThat(index.search(query, 1, "it"::equals).get(0).score()).isEqualTo(alone);
        }
    }

    @Test
    void findsOfCopiesOnlyTheNearestWhateverTheOrderOfArrival() {
        for (int round = 0; round < 200; round++) {
            Map<String, float[]> truth = new TreeMap<>();
            Map<String, String> texts = new TreeMap<>();
            for (int i = 0; i < 60; i++) {
                truth.put("d" + i, unit());
                texts.put("d" + i, "text " + random.nextInt(12));
            }
            float[] query = unit();
            int k = 1 + random.nextInt(14);
            List<String> expected = new ArrayList<>();
            List<String> seen = new ArrayList<>();
            int copies = 0;
            int copiesBefore = 0;
            for (String id : bruteForce(truth, query, 60)) {
                if (seen.contains(texts.get(id))) {
                    copies++;
                } else if (expected.size() < k) {
                    expected.add(id);
                    seen.add(texts.get(id));
                    copiesBefore = copies;
                }
            }
            List<String> arrival = new ArrayList<>(truth.keySet());
            Collections.shuffle(arrival, random);
            FlatIndex<String> index = new FlatIndex<>(DIMENSION);
            arrival.forEach(id -> index.put(id, truth.get(id), texts.get(id)));

            Nearest<String> nearest = index.search(query, k, null, text -> text);

            assertThat(ids(nearest.neighbors())).isEqualTo(expected);
            assertThat(nearest.copies()).hasSize(k <= 12 && expected.size() == k ? copiesBefore : copies);
            assertThat(nearest.neighbors()).extracting(Neighbor::rank).isSorted();
        }
    }

    @Test
    void replacesADocumentUnderTheSameId() {
        FlatIndex<String> index = new FlatIndex<>(2);
        index.put("x", new float[] {1, 0}, "old");
        index.put("x", new float[] {0, 1}, "new");
        assertThat(index.search(new float[] {0, 1}, 5, null)).containsExactly(new Neighbor<>("x", "new", 0, 1));
    }

    @Test
    void tellsTheSimilarityOfADocumentAsTheSearchDoes() {
        FlatIndex<String> index = new FlatIndex<>(DIMENSION);
        for (int i = 0; i < 300; i++) {
            index.put("d" + i, unit(), "text");
            float[] query = unit();
            for (Neighbor<String> found : index.search(query, 5, null)) {
                assertThat(index.similarity(query, found.id())).isEqualTo(found.score());
            }
        }
        assertThatThrownBy(() -> index.similarity(unit(), "x")).hasMessage("the index has no document x");
    }

    @Test
    void refusesVectorsOfAnotherDimension() {
        FlatIndex<String> index = new FlatIndex<>(2);
        assertThatThrownBy(() -> index.put("x", new float[3], "d"))
                .hasMessage("vector of x has dimension 3, the index has 2");
        assertThatThrownBy(() -> index.search(new float[3], 1, null))
                .hasMessage("the query's vector has dimension 3, the index has 2");
        assertThatThrownBy(() -> new FlatIndex<String>(0)).hasMessage("dimension must be at least 1: 0");
    }

    private float[] random(int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = random.nextFloat() - 0.5f;
        }
        return vector;
    }

    private float[] unit() {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            // Few distinct values, so that equal scores do occur.
            vector[i] = random.nextInt(3) - 1;
        }
        vector[0] = 2;
        return Vectors.normalized(vector);
    }

    /** By the score that each document has in an index of its own. */
    private static List<String> bruteForce(Map<String, float[]> truth, float[] query, int k) {
        Map<String, Float> scores = new TreeMap<>();
        truth.forEach((id, vector) -> scores.put(id, score(vector, query)));
        Comparator<Map.Entry<String, Float>> byScore = Comparator.comparing(entry -> -entry.getValue());
        return scores.entrySet().stream()
                .sorted(byScore.thenComparing(Map.Entry.comparingByKey()))
                .limit(k)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static float score(float[] vector, float[] query) {
        FlatIndex<String> alone = new FlatIndex<>(vector.length);
        alone.put("it", vector, "it");
        return alone.search(query, 1, null).get(0).score();
    }

    private static Map<String, float[]> even(Map<String, float[]> truth) {
        Map<String, float[]> even = new TreeMap<>(truth);
        even.keySet().removeIf(id -> !isEven(id));
        return even;
    }

    private static boolean isEven(String text) {
        return (text.charAt(text.length() - 1) - '0') % 2 == 0;
    }

    private static List<String> ids(List<? extends Neighbor<?>> found) {
        return found.stream().map(Neighbor::id).toList();
    }
}
