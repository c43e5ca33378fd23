// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import java.util.List;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Says where YAML is wrong and what to do, such as {@code line 3 is not YAML: write name: value}. The parser's own words stay
 * out, as they speak of its tokens, and so does the text of the file, which may be a secret.
 */
final class YamlProblem {
    private static final String NOT_YAML = "is not YAML: ";

    /** What the parser says, and what that means to a person. The first that is found counts. */
    private static final List<Meaning> MEANINGS = List.of(
            new Meaning("another document", "begins a second YAML document: leave one in the file"),
            new Meaning("\\(TAB\\)", NOT_YAML + "it is indented with a tab, use spaces"),
            new Meaning(
                    "cannot start any token",
                    NOT_YAML + "a value begins with a sign that YAML keeps for itself, put the value in quotes"),
            new Meaning(
                    "scanning an (?:alias|anchor)|undefined alias",
                    NOT_YAML + "a value begins with * or &, put it in quotes"),
            new Meaning("scanning a tag|tag handle", NOT_YAML + "a value begins with !, put it in quotes"),
            new Meaning(
                    "escape",
                    NOT_YAML + "a text in double quotes has a backslash that begins no escape, use single quotes"),
            new Meaning("scanning a quoted scalar", NOT_YAML + "the closing quote of a text is missing").atBegin(),
            new Meaning("could not find expected ':'", NOT_YAML + "write name: value").atBegin(),
            new Meaning(
                    "values are not allowed",
                    NOT_YAML + "a colon stands where none may, put the value in quotes or mend the indentation"),
            new Meaning("expected ',' or", NOT_YAML + "a comma or a closing bracket is missing").atBegin(),
            new Meaning("expected the node content", NOT_YAML + "a value is missing or misplaced"),
            new Meaning(
                    "<block end>",
                    NOT_YAML + "it does not fit the lines above it, begin the names of a group in the same column"),
            new Meaning(
                    "<document start>", NOT_YAML + "write name: value on each line, without [group] as TOML has it"));

    private static final Meaning OTHER = new Meaning("", NOT_YAML + "write name: value on each line");

    private YamlProblem() {}

    /** Returns the place and a clause. */
    static String of(MarkedYAMLException problem) {
        String said = problem.getContext() + ": " + problem.getProblem();
        Meaning meaning = MEANINGS.stream()
                .filter(known -> known.said().matcher(said).find())
                .findFirst()
                .orElse(OTHER);
        Mark begin = problem.getContextMark();
        Mark mark = meaning.begins() && begin != null ? begin : problem.getProblemMark();
        return mark == null ? meaning.meant() : "line " + (mark.getLine() + 1) + " " + meaning.meant();
    }

    /**
     * Holds what the parser says and what it means.
     *
     * @param begins whether the place is where the text, the list or the name begins, as the parser notices it only later
     */
    private record Meaning(Pattern said, String meant, boolean begins) {
        Meaning(String said, String meant) {
            this(Pattern.compile(said), meant, false);
        }

        Meaning atBegin() {
            return new Meaning(said, meant, true);
        }
    }
}
