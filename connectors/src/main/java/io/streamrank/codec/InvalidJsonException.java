// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.streamrank.message.Excerpt;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says what is wrong with JSON and what to do, in a clause such as {@code is not JSON: NaN is no JSON value, write null}.
 * The parser's own words stay out, as they speak of its features and classes.
 */
public final class InvalidJsonException extends Exception {
    private static final String NOT_JSON = "is not JSON: ";

    /** What the parser says, and what that means to a person; $1 is the first group. The first that is found counts. */
    private static final List<Meaning> MEANINGS = List.of(
            new Meaning("code 65279 ", NOT_JSON + "it holds a byte order mark, remove it"),
            new Meaning("Non-standard token '([^']{0,80})'", NOT_JSON + "$1 is no JSON value, write null"),
            new Meaning("Unrecognized token '(True|False)'", NOT_JSON + "$1 is no JSON value, write true or false"),
            new Meaning(
                    "Unrecognized token '(None|nil|NULL|Null|undefined)'",
                    NOT_JSON + "$1 is no JSON value, write null"),
            new Meaning(
                    "Unrecognized token '([^']{0,80})",
                    NOT_JSON + "\"$1\" is no JSON value, and a text needs double quotes"),
            new Meaning(
                    "'ALLOW_COMMENTS'|maybe a \\(non-standard\\) comment",
                    NOT_JSON + "JSON has no comments, remove it"),
            new Meaning(
                    "Unexpected character \\(''' ", NOT_JSON + "texts and names need double quotes, not single ones"),
            new Meaning(
                    "expecting double-quote to start (field|property) name",
                    NOT_JSON + "a member's name in double quotes is missing, or there is a comma too many"),
            new Meaning("expecting a colon", NOT_JSON + "a colon is missing after a member's name"),
            new Meaning("expecting comma", NOT_JSON + "a comma is missing"),
            new Meaning("was expecting closing quote", NOT_JSON + "it ends inside a text, a double quote is missing"),
            new Meaning(
                    "end-of-input|no content to map",
                    NOT_JSON + "it ends too early, a closing quote or bracket is missing"),
            new Meaning(
                    "Illegal unquoted character.*code (10|13)\\)",
                    NOT_JSON + "a text must not hold a line break, write \\n"),
            new Meaning("Illegal unquoted character.*code 9\\)", NOT_JSON + "a text must not hold a tab, write \\t"),
            new Meaning(
                    "Illegal (?:unquoted )?character.*code (\\d+)\\)",
                    NOT_JSON + "it holds the control character $1, remove it or write it as \\u00.."),
            new Meaning(
                    "Unrecognized character escape '?(.)",
                    NOT_JSON + "\\$1 is no escape in a text, write a backslash as \\\\"),
            new Meaning("[Ll]eading zero", NOT_JSON + "a number must not begin with 0, write it without or as a text"),
            new Meaning("nvalid numeric value|Unexpected character.*in numeric", NOT_JSON + "a number is misspelt"),
            new Meaning(
                    "Unexpected close marker", NOT_JSON + "a closing bracket does not match the one that was opened"),
            new Meaning("Duplicate field '(.{0,80})'", "has the member \"$1\" twice: leave one"),
            new Meaning("expect(?:ed|ing).*value", NOT_JSON + "a value is missing or misspelt"));

    private static final List<Meaning> LIMITS = List.of(
            new Meaning("nesting depth", "is nested deeper than " + Json.MAX_DEPTH + ": make it flatter"),
            new Meaning(
                    "[Nn]ame", "has a member's name of more than " + Json.MAX_NAME_CHARS + " characters: shorten it"),
            new Meaning(
                    "[Nn]umber",
                    "has a number of more than " + Json.MAX_NUMBER_CHARS + " characters: write it as a text"));

    private final int line;
    private final int column;

    InvalidJsonException(String clause, int line, int column) {
        super(clause, null, false, false);
        this.line = line;
        this.column = column;
    }

    /** Returns the problem that the parser reports. */
    static InvalidJsonException of(JsonProcessingException e) {
        List<Meaning> meanings = e instanceof StreamConstraintsException ? LIMITS : MEANINGS;
        String said = String.valueOf(e.getOriginalMessage());
        String clause = meanings.stream()
                .map(meaning -> meaning.of(said))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(NOT_JSON + "something is misplaced");
        return e.getLocation() == null
                ? new InvalidJsonException(clause, 0, 0)
                : new InvalidJsonException(
                        clause, e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    }

    /**
     * Returns the clause with the place.
     *
     * @param firstLine of the value in its file, 1 for the file's first
     */
    public String in(int firstLine) {
        return in(firstLine, 1);
    }

    /**
     * Returns the clause with the place.
     *
     * @param firstLine of the value in its file, 1 for the file's first
     * @param firstColumn of the value in that line, 1 for the line's first
     */
    public String in(int firstLine, int firstColumn) {
        if (line == 0) {
            return getMessage();
        }
        String place = line == 1
                ? "column " + (firstColumn + column - 1)
                : "line " + (firstLine + line - 1) + ", column " + column;
        return getMessage() + " (" + place + ")";
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    private record Meaning(Pattern said, String meant) {
        Meaning(String said, String meant) {
            this(Pattern.compile(said, Pattern.DOTALL), meant);
        }

        /** Returns what it means; empty where the parser said something else. */
        String of(String message) {
            Matcher found = said.matcher(message);
            if (!found.find()) {
                return "";
            }
            String word = found.groupCount() > 0 ? Excerpt.text(String.valueOf(found.group(1))) : "";
            return meant.replace("$1", word);
        }
    }
}
