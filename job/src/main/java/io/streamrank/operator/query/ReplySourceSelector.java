// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.event.Hit;
import io.streamrank.event.Query;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Reply;
import io.streamrank.operator.query.CandidateTexts.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Chooses the documents that a reply is written from, for queries that ask for one. Thread-safe. */
final class ReplySourceSelector {
    private final @Nullable ReplyConfig config;

    /** @param config null where the job writes no replies */
    ReplySourceSelector(@Nullable ReplyConfig config) {
        this.config = config;
    }

    /** Returns the answer with what its reply is to be written from, or with why there is none. */
    RankedResult add(RankedResult answer, Query query, CandidateTexts texts) {
        Reply.Request request = query.reply();
        if (request == null) {
            return answer;
        }
        if (config == null) {
            return answer.with(Reply.failed("not_configured"));
        }
        List<Reply.Source> best = best(config, answer.results(), texts, request);
        List<Reply.Source> shown = new ArrayList<>();
        int chars = 0;
        for (Reply.Source source : best) {
            chars += source.text().length();
            if (chars > config.maxSourceChars()) {
                break;
            }
            shown.add(source);
        }
        return shown.isEmpty()
                ? answer.with(Reply.failed("no_sources"))
                : answer.with(new Reply.Order(request, shown, best.size() - shown.size(), query.timeoutMs()));
    }

    private static List<Reply.Source> best(
            ReplyConfig config, List<Hit> hits, CandidateTexts texts, Reply.Request request) {
        Map<Integer, Entry> byIndex = new HashMap<>();
        texts.entries().forEach(entry -> byIndex.put(entry.index(), entry));
        return hits.stream()
                .filter(hit -> config.minScore() == null
                        || (hit.relevanceScore() != null && hit.relevanceScore() >= config.minScore()))
                .map(hit -> Objects.requireNonNull(byIndex.get(hit.index())))
                .filter(entry -> !entry.isBlank())
                .limit(request.documents() == 0 ? config.documents() : request.documents())
                .map(entry -> new Reply.Source(entry.document().id(), entry.text()))
                .toList();
    }
}
