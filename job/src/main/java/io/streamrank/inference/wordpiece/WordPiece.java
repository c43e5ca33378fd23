// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.wordpiece;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Splits text into word pieces exactly as a BERT tokenizer of Hugging Face does, in a fiftieth of the time: the native code
 * keeps track of where each character came from, which nobody here asks for. Thread-safe.
 *
 * <p>It knows what BERT's normaliser makes of ASCII letters. Words with any other character go to the native tokenizer, those next to
 * each other together. As both split at spaces, the pieces are the same. Text with a control character or with a special token
 * in it goes there as a whole.
 */
public final class WordPiece {
    /** Asks the native tokenizer for the ids of a text, without special tokens. */
    public interface Reference {
        int[] tokens(String text);
    }

    private static final String REST = "##";
    private static final int PROBED_PIECES = 300;

    private final Reference reference;
    private final PieceTrie pieces = new PieceTrie();
    private final boolean lowerCase;
    private final int maxLetters;
    private final int unknown;
    private final List<String> special = new ArrayList<>();
    /** By letter, so that most texts are compared with no special token. */
    private final boolean[] startsSpecial = new boolean[PieceTrie.LETTERS];

    private WordPiece(JsonNode file, boolean lowerCase, Reference reference) {
        JsonNode model = file.path("model");
        this.reference = reference;
        this.lowerCase = lowerCase || file.path("normalizer").path("lowercase").asBoolean();
        this.maxLetters = model.path("max_input_chars_per_word").asInt();
        this.unknown =
                model.path("vocab").path(model.path("unk_token").asText()).asInt(PieceTrie.NONE);
        file.path("added_tokens")
                .forEach(token -> special.add(token.path("content").asText()));
        for (String token : special) {
            for (char c = 0; c < PieceTrie.LETTERS; c++) {
                startsSpecial[c] |= token.regionMatches(true, 0, String.valueOf(c), 0, 1);
            }
        }
        model.path("vocab")
                .properties()
                .forEach(piece -> add(piece.getKey(), piece.getValue().asInt()));
    }

    private void add(String piece, int id) {
        boolean rest = piece.startsWith(REST) && piece.length() > REST.length();
        if (isAll(piece, letter -> letter < PieceTrie.LETTERS)) {
            pieces.add(rest ? PieceTrie.REST : PieceTrie.WORD, rest ? piece.substring(REST.length()) : piece, id);
        }
    }

    /**
     * Returns what splits text as the reference does; null if the tokenizer is of another kind, or gives anything else for some
     * hundred probes.
     *
     * @param file the content of {@code tokenizer.json}
     * @param lowerCase whether the reference puts text into lower case whatever the file says
     */
    public static @Nullable WordPiece of(JsonNode file, boolean lowerCase, Reference reference) {
        if (!isBert(file)) {
            return null;
        }
        WordPiece split = new WordPiece(file, lowerCase, reference);
        boolean known = split.unknown != PieceTrie.NONE
                && split.special.stream().allMatch(token -> !token.isEmpty() && isAll(token, c -> c > ' ' && c < 127));
        return known && split.probes(file.path("model").path("vocab")).stream().allMatch(split::holds) ? split : null;
    }

    private static boolean isBert(JsonNode file) {
        JsonNode normalizer = file.path("normalizer");
        JsonNode model = file.path("model");
        return normalizer.path("type").asText().equals("BertNormalizer")
                && normalizer.path("clean_text").asBoolean()
                && file.path("pre_tokenizer").path("type").asText().equals("BertPreTokenizer")
                && model.path("type").asText().equals("WordPiece")
                && model.path("continuing_subword_prefix").asText().equals(REST);
    }

    private static boolean isAll(String text, IntPredicate letter) {
        return text.chars().allMatch(letter);
    }

    private boolean holds(String probe) {
        return Arrays.equals(tokens(probe), reference.tokens(probe));
    }

    /** Returns texts with each character, with the longest words, with other scripts, and with pieces of the vocabulary. */
    private List<String> probes(JsonNode vocabulary) {
        StringBuilder characters = new StringBuilder();
        for (char c = 0; c < PieceTrie.LETTERS; c++) {
            characters.append(c < ' ' || c == 127 ? "\n" : "ab" + c + "Cd ");
        }
        StringBuilder words = new StringBuilder();
        int step = Math.max(1, vocabulary.size() / PROBED_PIECES);
        int at = 0;
        for (var piece : vocabulary.properties()) {
            String word = piece.getKey().startsWith(REST) ? piece.getKey().substring(REST.length()) : piece.getKey();
            if (at++ % step == 0 && !special.contains(word)) {
                words.append(at % 2 == 0 ? " " : "").append(at % 3 == 0 ? word.toUpperCase(Locale.ROOT) : word);
            }
        }
        String longest = "x".repeat(Math.max(0, maxLetters));
        return List.of(
                "",
                " \t\r\n",
                characters.toString(),
                words.toString(),
                longest + " " + longest + "x",
                "na\u00efve \u706b\u706b \u2013\u00a0end, caf\u00e9");
    }

    /** Returns the ids of a text's pieces, without special tokens; owned by the caller. */
    public int[] tokens(String text) {
        Ids ids = new Ids(text.length() / 3 + 8);
        int foreignFrom = -1;
        int foreignTo = 0;
        int end;
        for (int at = 0; at < text.length(); at = end) {
            end = at;
            boolean plain = true;
            char c = text.charAt(end);
            while (!isSpace(c)) {
                if (isControl(c) || (c < PieceTrie.LETTERS && startsSpecial[c] && beginsSpecial(text, end))) {
                    return reference.tokens(text);
                }
                plain &= c < PieceTrie.LETTERS;
                end++;
                c = end < text.length() ? text.charAt(end) : ' ';
            }
            if (end == at) {
                end++;
            } else if (!plain) {
                foreignFrom = foreignFrom < 0 ? at : foreignFrom;
                foreignTo = end;
            } else {
                if (foreignFrom >= 0) {
                    ids.add(reference.tokens(text.substring(foreignFrom, foreignTo)));
                    foreignFrom = -1;
                }
                addWords(text, at, end, ids);
            }
        }
        if (foreignFrom >= 0) {
            ids.add(reference.tokens(text.substring(foreignFrom, foreignTo)));
        }
        return ids.toArray();
    }

    private boolean beginsSpecial(String text, int at) {
        for (int i = 0; i < special.size(); i++) {
            String token = special.get(i);
            if (text.regionMatches(true, at, token, 0, token.length())) {
                return true;
            }
        }
        return false;
    }

    /** Splits what stands between two spaces: each punctuation mark is a word. */
    private void addWords(String text, int from, int to, Ids ids) {
        int end;
        for (int at = from; at < to; at = end) {
            end = at + 1;
            if (!isPunctuation(text.charAt(at))) {
                while (end < to && !isPunctuation(text.charAt(end))) {
                    end++;
                }
            }
            addWord(text, at, end, ids);
        }
    }

    /** Adds the longest piece that a word begins with, then the longest that goes on with it, to its end. */
    private void addWord(String text, int from, int to, Ids ids) {
        int before = ids.size;
        int end = to - from > maxLetters ? from : to;
        int at = from;
        while (at < end) {
            int node = at == from ? PieceTrie.WORD : PieceTrie.REST;
            int id = PieceTrie.NONE;
            int next = at;
            for (int i = at; i < end && node != PieceTrie.NONE; i++) {
                node = pieces.next(node, lower(text.charAt(i)));
                if (node != PieceTrie.NONE && pieces.id(node) != PieceTrie.NONE) {
                    id = pieces.id(node);
                    next = i + 1;
                }
            }
            if (id == PieceTrie.NONE) {
                break;
            }
            ids.add(id);
            at = next;
        }
        if (at < to) {
            ids.size = before;
            ids.add(unknown);
        }
    }

    private char lower(char c) {
        return lowerCase && c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r';
    }

    private static boolean isControl(char c) {
        return c < ' ' || c == 127;
    }

    private static boolean isPunctuation(char c) {
        return c > ' ' && (c < '0' || (c > '9' && c < 'A') || (c > 'Z' && c < 'a') || c > 'z');
    }

    private static final class Ids {
        private int[] ids;
        private int size;

        Ids(int capacity) {
            ids = new int[capacity];
        }

        void add(int id) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, 2 * size);
            }
            ids[size] = id;
            size++;
        }

        void add(int[] more) {
            for (int id : more) {
                add(id);
            }
        }

        int[] toArray() {
            return Arrays.copyOf(ids, size);
        }
    }
}
