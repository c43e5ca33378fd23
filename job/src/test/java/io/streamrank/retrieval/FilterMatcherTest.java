// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.codec.CodecException;
import io.streamrank.codec.FilterCodec;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FilterMatcherTest {
    private static final Document NOTHING = new Document("id", "c", List.of(), null, null);
    private static final String MOVIE = """
            {"year":2015,"rating":0.1,"director":"Nolan","genres":["Action","Drama"],"seen":true,"sequel":null,
             "studio":{"name":"Acme","country":{"code":"US"}},"votes":9007199254740993,
             "cast":[{"name":"Ann","roles":[{"as":"Eve"},{"as":"Ida"}]},{"name":"Bob"},"Cy"],"grid":[[1,2],[3,[4]]],
             "imdb.id":"tt1","meta.v1":{"tag.s":[{"k.x":7}]},"meta":{"v1":{"only":8},"v2":null},"odd.":5,"a.b":1,
             "a":{"b":2}}""";

    static Stream<String> matching() {
        return """
                {}
                {"year":2015}
                {"year":2015.0}
                {"rating":0.1}
                {"votes":9007199254740993}
                {"year":{"gte":2015,"lt":2016}}
                {"director":"Nolan"}
                {"director":{"gt":"Nolam","lte":"Nolan"}}
                {"genres":"Drama"}
                {"genres":{"in":["Comedy","Action"]}}
                {"year":{"in":[1999,2015]}}
                {"seen":true}
                {"sequel":null}
                {"studio.name":"Acme"}
                {"studio.country.code":{"eq":"US"}}
                {"cast.name":"Ann"}
                {"cast.name":"Bob"}
                {"cast":"Cy"}
                {"cast.roles.as":{"in":["Ida"]}}
                {"imdb.id":"tt1"}
                {"meta.v1.tag.s.k.x":7}
                {"meta.v1.only":8}
                {"meta.v2":null}
                {"odd.":5}
                {"grid":{"gt":3}}
                {"a.b":1}
                {"and":[{"year":2015},{"director":"Nolan"}]}
                {"or":[{"year":1},{"director":"Nolan"}]}
                {"not":{"year":1}}
                {"not":{"missing":1}}
                """.lines();
    }

    @ParameterizedTest
    @MethodSource("matching")
    void matches(String filter) throws CodecException {
        assertThat(matches(filter, MOVIE)).isTrue();
    }

    static Stream<String> others() {
        return """
                {"year":2014}
                {"year":"2015"}
                {"year":{"gt":2015}}
                {"votes":9007199254740992}
                {"director":{"gt":1}}
                {"genres":"drama"}
                {"genres":{"in":[]}}
                {"seen":"true"}
                {"missing":null}
                {"missing":{"lt":5}}
                {"studio":"Acme"}
                {"cast.name":"Cy"}
                {"cast.roles":"Eve"}
                {"not":{"cast.name":"Bob"}}
                {"imdb":"tt1"}
                {"studio.country.code.more":"US"}
                {"studio.":"Acme"}
                {".":1}
                {"a.b":2}
                {"year":2015,"director":"Else"}
                {"or":[{"year":1},{"year":2}]}
                {"not":{"year":2015}}
                """.lines();
    }

    @ParameterizedTest
    @MethodSource("others")
    void matchesNot(String filter) throws CodecException {
        assertThat(matches(filter, MOVIE)).isFalse();
    }

    @Test
    void aDocumentWithoutMetadataMatchesOnlyWhatIsNotAsked() throws CodecException {
        assertThat(matches("""
                {"year":2015}""", NOTHING)).isFalse();
        assertThat(matches("""
                {"not":{"year":2015}}""", NOTHING)).isTrue();
        assertThat(matches("{}", NOTHING)).isTrue();
    }

    @Test
    void seesShortFieldsByTheirNamesUnlessTheMetadataHasThem() throws CodecException {
        String longest = "x".repeat(FilterableDocument.MAX_FILTERED_CHARS);
        Document document = new Document(
                "id",
                "c",
                List.of(
                        new Field("genre", "Action"),
                        new Field("a.b", "dotted"),
                        new Field("longest", longest),
                        new Field("long", longest + "x"),
                        new Field("year", "MMXV")),
                """
                {"year":2015,"a":{"b":"nested"},"none":null}""",
                null);

        assertThat(List.of(
                        matches("{\"genre\":\"Action\"}", document),
                        matches("{\"genre\":{\"in\":[\"Drama\",\"Action\"]}}", document),
                        matches("{\"genre\":{\"gt\":\"Abc\"}}", document),
                        matches("{\"not\":{\"genre\":\"Drama\"}}", document),
                        matches("{\"a.b\":\"dotted\"}", document),
                        matches("{\"longest\":\"" + longest + "\"}", document),
                        matches("{\"year\":2015}", document),
                        matches("{\"none\":null}", document)))
                .doesNotContain(false);
        assertThat(List.of(
                        matches("{\"genre\":\"action\"}", document),
                        matches("{\"not\":{\"genre\":\"Action\"}}", document),
                        matches("{\"genre\":null}", document),
                        matches("{\"year\":\"MMXV\"}", document),
                        matches("{\"long\":\"" + longest + "x\"}", document)))
                .doesNotContain(true);
    }

    @Test
    void listsEachPathOfAFilterOnce() throws CodecException {
        assertThat(FilterMatcher.paths(FilterCodec.parse("""
                {"a":1,"or":[{"b.c":{"gt":1,"lt":2}},{"not":{"and":[{"a":2},{"d":{"in":[]}}]}}]}"""))).containsExactly("a", "b.c", "d");
    }

    private static boolean matches(String filter, String metadata) throws CodecException {
        return matches(filter, new Document("id", "c", List.of(), metadata, null));
    }

    private static boolean matches(String filter, Document document) throws CodecException {
        return FilterMatcher.of(FilterCodec.parse(filter)).test(FilterableDocument.of(document));
    }
}
