// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Tells a first line that names columns, such as {@code query-id,query}: the file is a table then, and no row is a query. */
final class TableHeading {
    /** Names, without signs, of which one makes a heading, if all names are single words. */
    private static final Set<String> TEXTS =
            Set.of("query", "queries", "question", "questions", "text", "querytext", "title");

    /** Names of what is searched for in exports of search consoles and collections. With any other name they make a heading. */
    private static final Set<String> SEARCHES = Set.of(
            "keyword",
            "keywords",
            "keyphrase",
            "searchkeyword",
            "searchquery",
            "searchqueries",
            "searchterm",
            "searchterms",
            "topic",
            "topics",
            "topqueries",
            "topquery");

    private static final Set<String> OTHERS = Set.of(
            "answer",
            "answers",
            "averageposition",
            "avgmonthlysearches",
            "category",
            "clicks",
            "competition",
            "count",
            "country",
            "cpc",
            "ctr",
            "date",
            "description",
            "device",
            "difficulty",
            "frequency",
            "id",
            "impressions",
            "intent",
            "label",
            "language",
            "matchtype",
            "narrative",
            "number",
            "page",
            "position",
            "qid",
            "queryid",
            "rank",
            "relevance",
            "score",
            "searchvolume",
            "topicid",
            "url",
            "volume");

    private TableHeading() {}

    /** Returns whether the line names columns. */
    static boolean isHeading(String line) {
        List<String> names = Arrays.stream(line.split("[,;|]", -1))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList();
        List<String> plain =
                names.stream().map(name -> name.replaceAll("[^a-z]", "")).toList();
        if (plain.stream().anyMatch(TEXTS::contains) && names.stream().noneMatch(name -> name.contains(" "))) {
            return true;
        }
        long searches = plain.stream().filter(TableHeading::isSearch).count();
        long others = plain.stream().filter(OTHERS::contains).count();
        return searches > 0 && searches + others > 1;
    }

    private static boolean isSearch(String name) {
        return TEXTS.contains(name) || SEARCHES.contains(name);
    }
}
