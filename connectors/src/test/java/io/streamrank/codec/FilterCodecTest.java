// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.streamrank.event.Filter;
import io.streamrank.event.Filter.All;
import io.streamrank.event.Filter.Any;
import io.streamrank.event.Filter.Compare;
import io.streamrank.event.Filter.In;
import io.streamrank.event.Filter.Not;
import io.streamrank.event.Filter.Operator;
import io.streamrank.event.Filter.Value;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterCodecTest {
    @Test
    void readsAScalarAsEquality() throws CodecException {
        assertThat(parse("""
                {"director":"Nolan"}""")).isEqualTo(new Compare("director", Operator.EQ, text("Nolan")));
        assertThat(parse("""
                {"sequel":null}""")).isEqualTo(new Compare("sequel", Operator.EQ, new Value.Null()));
        assertThat(parse("""
                {"seen":{"eq":true}}""")).isEqualTo(new Compare("seen", Operator.EQ, new Value.Bool(true)));
    }

    @Test
    void readsSeveralConditionsAsAllOfThem() throws CodecException {
        assertThat(parse("""
                {"year":{"gte":2000,"lt":2010.5},"studio.name":"WB"}"""))
                .isEqualTo(new All(List.of(
                        new All(List.of(
                                new Compare("year", Operator.GTE, number("2000")),
                                new Compare("year", Operator.LT, number("2010.5")))),
                        new Compare("studio.name", Operator.EQ, text("WB")))));
        assertThat(parse("{}")).isEqualTo(new All(List.of()));
    }

    @Test
    void readsCombinations() throws CodecException {
        assertThat(parse("""
                {"or":[{"a":{"gt":1}},{"not":{"b":{"in":["x",2]}}}]}"""))
                .isEqualTo(new Any(List.of(
                        new Compare("a", Operator.GT, number("1")),
                        new Not(new In("b", List.of(text("x"), number("2")))))));
        assertThat(parse("""
                {"and":[{"a":{"lte":"m"}}]}""")).isEqualTo(new All(List.of(new Compare("a", Operator.LTE, text("m")))));
    }

    @Test
    void keepsLargeNumbersExactly() throws CodecException {
        assertThat(parse("""
                {"id":9007199254740993}""")).isEqualTo(new Compare("id", Operator.EQ, number("9007199254740993")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"a":{"ge":1}} | filter.a.ge is not an operator; there are eq, in, gt, gte, lt, lte, and dots name nested members
                    {"a":{}} | filter.a is empty but must hold at least one of eq, in, gt, gte, lt, lte
                    {"a":[1]} | filter.a must be a text, number, boolean or null but is an array of 1; several values go into {"in":[…]}
                    {"a":{"gt":true}} | filter.a.gt must be a number or a text but is true
                    {"a":{"in":1}} | filter.a.in must be an array of at most 1000 values but is the number 1
                    {"and":{}} | filter.and must be an array of at least one filter but is an object
                    {"or":[]} | filter.or must be an array of at least one filter but is an array of 0
                    {"or":[{"a":1},2]} | filter.or[1] must be an object but is the number 2
                    {"not":7} | filter.not must be an object but is the number 7
                    {"":1} | filter. must name a member of the metadata but is blank
                    {"not":{"not":{"not":{"a":1}}}} | filter.not.not.not is nested 4 deep but at most 3 are allowed
                    """)
    void refusesWithThePathAndTheWayOut(String json, String message) {
        CodecException refusal = catchThrowableOfType(CodecException.class, () -> parse(json));

        assertThat(refusal).hasMessage(message);
        assertThat(refusal.cause()).isEqualTo("bad-filter");
    }

    @Test
    void refusesMoreConditionsThanAreAllowed() throws CodecException {
        check("""
                {"or":[{"a":1},{"not":{"b":{"gt":1,"in":[1,2,3]}}}]}""", 3);
        assertThatThrownBy(() -> check("""
                {"or":[{"a":1},{"not":{"b":{"gt":1,"in":[1,2,3]}}}]}""", 2)).hasMessage("filter holds 3 conditions but at most 2 are allowed");
        assertThatThrownBy(() -> check("""
                {"and":[%s{"a":1}]}""".formatted("{},".repeat(299)), 256))
                .hasMessage("filter holds 300 conditions but at most 256 are allowed");
    }

    private static void check(String json, int conditions) throws CodecException {
        FilterCodec.check(Json.object(json), new Limits(1, 1, 1, 1, 1, 1, 3, conditions, 1, 1));
    }

    private static Filter parse(String json) throws CodecException {
        return FilterCodec.parse(json, 3);
    }

    private static Value text(String text) {
        return new Value.Text(text);
    }

    private static Value number(String number) {
        return new Value.Numeric(new BigDecimal(number));
    }
}
