// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidJsonExceptionTest {
    private static final String VALID = "{\"a\":[1,-2.5e3,true,null,\"b\\n\\u00e4\"],\"c\":{\"d\":{}},\"e\":\"f\"}";

    private static final String SIGNS = "{}[]:,\"\\'x0-.e\n\t/#N ";

    /** Words of the parser that mean nothing to who wrote the file. */
    private static final String[] RAW = {
        "ALLOW",
        "Feature",
        "fasterxml",
        "Jackson",
        "token",
        "Unexpected",
        "enable",
        "start marker",
        "CTRL-CHAR",
        "entries"
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NaN",
                "Infinity",
                "-INF",
                "// x",
                "/* x */1",
                "# x",
                "'a'",
                "{a:1}",
                "{'a':1}",
                "{\"a\":1,}",
                "[1,]",
                "[,1]",
                "01",
                "-",
                ".5",
                "5.",
                "+5",
                "1e",
                "0x1",
                "\"a",
                "\"\t\"",
                "\"\n\"",
                "\"\u0001\"",
                "\u0001",
                "\u0000",
                "\"\\x\"",
                "\"\\u12\"",
                "\\",
                "{\"a\" 1}",
                "{\"a\":1 \"b\"}",
                "{\"a\"}",
                "{\"a\":}",
                "{,}",
                "{",
                "[",
                "]",
                "}",
                "{]",
                "[}",
                "{\"a\":1,\"a\":2}",
                "nul",
                "True",
                "undefined",
                "\u00e4",
                "\uFEFF{}",
                "1 2",
                "{} {}",
                "{}x",
                "\"\ud800\""
            })
    void saysWhatIsWrongInItsOwnWords(String text) {
        assertThatThrownBy(() -> StrictJson.parse(text))
                .isInstanceOf(InvalidJsonException.class)
                .message()
                .doesNotContain(RAW);
        assertThatThrownBy(() -> Json.object(text)).message().doesNotContain(RAW);
    }

    @Test
    void hasWordsForWhateverIsBroken() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder broken = new StringBuilder(VALID);
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                broken.setCharAt(random.nextInt(broken.length()), SIGNS.charAt(random.nextInt(SIGNS.length())));
            }
            try {
                assertThat(StrictJson.parse(broken.toString()).isMissingNode()).isFalse();
            } catch (InvalidJsonException problem) {
                assertThat(problem.in(1)).as(broken.toString()).doesNotContain(RAW);
            }
        }
    }

    /** What a client accepts the job must be able to parse, and the other way round. */
    @Test
    void acceptsWhatTheJobAccepts() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 20_000; i++) {
            byte[] broken = VALID.getBytes(UTF_8);
            broken[random.nextInt(1, broken.length)] = (byte) random.nextInt(256);
            assertThat(isAccepted(() -> StrictJson.parse(broken)))
                    .as(new String(broken, UTF_8))
                    .isEqualTo(isAccepted(() -> Json.recordOf(broken, 1_000)));
        }
    }

    @Test
    void tellsThePlace() {
        assertThatThrownBy(() -> StrictJson.parse("[1,\n  NaN]"))
                .isInstanceOfSatisfying(
                        InvalidJsonException.class,
                        problem -> assertThat(problem.in(7))
                                .isEqualTo("is not JSON: NaN is no JSON value, write null (line 8, column 6)"));
    }

    @Test
    void tellsThePlaceOfAValueThatDoesNotBeginItsLine() {
        assertThatThrownBy(() -> StrictJson.parse("[1,\n  NaN]"))
                .isInstanceOfSatisfying(
                        InvalidJsonException.class,
                        problem -> assertThat(problem.in(7, 11)).endsWith(" (line 8, column 6)"));
        assertThatThrownBy(() -> StrictJson.parse("[NaN]"))
                .isInstanceOfSatisfying(
                        InvalidJsonException.class,
                        problem -> assertThat(problem.in(7, 11)).endsWith(" (column 15)"));
    }

    @Test
    void namesAByteOrderMark() {
        assertThatThrownBy(() -> StrictJson.parse("\uFEFF{}"))
                .hasMessage("is not JSON: it holds a byte order mark, remove it");
    }

    private static boolean isAccepted(Parsing parsing) {
        try {
            parsing.run();
            return true;
        } catch (InvalidJsonException | CodecException refused) {
            return false;
        }
    }

    private interface Parsing {
        void run() throws InvalidJsonException, CodecException;
    }
}
