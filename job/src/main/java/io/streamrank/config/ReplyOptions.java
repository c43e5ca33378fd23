// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.HttpAddress;
import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import io.streamrank.inference.endpoint.EndpointLimits;
import io.streamrank.inference.endpoint.EndpointSpec;
import io.streamrank.inference.endpoint.SecretReference;
import io.streamrank.inference.hosted.ReplySpec;
import io.streamrank.operator.query.ReplyConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Defines the options of replies that a language model writes. */
final class ReplyOptions {
    private static final String NEW_FIELD = "max_completion_tokens";
    private static final String OLD_FIELD = "max_tokens";

    static final Option<String> ENDPOINT = Option.optionalText(
            "reply.endpoint",
            HttpAddress.VALUES,
            HttpAddress::isOne,
            "Base address of an API of OpenAI's shape, such as https://api.openai.com/v1 or http://ollama:11434/v1. Not set:"
                    + " the job writes no replies. The texts of the best documents are sent there.");
    static final Option<String> MODEL = Option.optionalText(
            "reply.model", "the name of a model", Option::filled, "Name of the language model at the endpoint.");
    static final Option<String> API_KEY = Option.optionalText(
            "reply.api-key",
            HostedOptions.KEY_FORMS,
            SecretReference::isOne,
            "Where the API key is found, as in models.reranker.api-key.");
    static final Option<Duration> TIMEOUT = Option.duration(
            "reply.timeout",
            Duration.ofSeconds(30),
            Duration.ofMillis(10),
            Duration.ofMinutes(10),
            "Maximum time for one reply, after reranking. After it the answer is sent without a reply.");
    static final Option<Integer> DOCUMENTS = Option.integer(
            "reply.documents", 3, 1, 100, "Number of the best documents to write from, if the query does not say.");
    static final Option<Integer> MAX_SOURCE_CHARS = Option.integer(
            "reply.max-source-chars",
            12_000,
            100,
            10_000_000,
            "Maximum number of characters of these documents together. Whole documents are left out from the end.");
    static final Option<Double> MIN_SCORE = Option.optionalDecimal(
            "reply.min-score",
            -1_000,
            1_000,
            "Documents whose relevance score is lower are not shown to the model. If none is left there is no reply.");
    static final Option<Integer> MAX_TOKENS = Option.integer(
            "reply.max-tokens", 512, 1, 100_000, "Maximum length of a reply in tokens, if the query does not say.");
    static final Option<String> MAX_TOKENS_FIELD = Option.optionalText(
            "reply.max-tokens-field",
            NEW_FIELD + " or " + OLD_FIELD,
            text -> text.equals(NEW_FIELD) || text.equals(OLD_FIELD),
            "What the API calls that maximum. Default: " + NEW_FIELD + " for api.openai.com, " + OLD_FIELD
                    + " for all others.");
    static final Option<Double> TEMPERATURE = Option.optionalDecimal(
            "reply.temperature", 0, 2, "Temperature of the model. Not set: the model's own, as some take no other.");
    static final Option<Integer> MAX_IN_FLIGHT = Option.integer(
            "reply.max-in-flight", 8, 1, 1_000, "Maximum number of requests at the same time from a TaskManager.");
    static final Option<Integer> MAX_WAITING = Option.integer(
            "reply.max-waiting",
            64,
            1,
            100_000,
            "Maximum number of replies that are under way in each parallel part. Further answers are sent without one.");

    static final Section SECTION = new Section(
            "Replies",
            "A language model writes a text from the best documents, if the query asks for one. See [replies](replies.md).",
            List.of(
                    ENDPOINT,
                    MODEL,
                    API_KEY,
                    TIMEOUT,
                    DOCUMENTS,
                    MAX_SOURCE_CHARS,
                    MIN_SCORE,
                    MAX_TOKENS,
                    MAX_TOKENS_FIELD,
                    TEMPERATURE,
                    MAX_IN_FLIGHT,
                    MAX_WAITING));

    private ReplyOptions() {}

    /** Returns how replies are written, or null where none are. */
    static @Nullable ReplyConfig read(Settings settings) {
        String endpoint = settings.find(ENDPOINT);
        if (endpoint == null) {
            settings.noEffect(
                    SECTION.options().stream()
                            .filter(option -> !option.equals(ENDPOINT))
                            .toList(),
                    "without reply.endpoint; set that, or leave this out",
                    ENDPOINT);
            return null;
        }
        HttpAddress.checkHost(settings, ENDPOINT, endpoint);
        String model = settings.require(MODEL, "gpt-5-mini");
        URI address = ReplySpec.address(endpoint);
        String field = settings.find(MAX_TOKENS_FIELD);
        EndpointSpec spec = new EndpointSpec(
                "reply:" + model,
                address,
                HostedOptions.key(settings, API_KEY),
                new EndpointLimits(0, 0, settings.get(MAX_IN_FLIGHT)),
                settings.get(TIMEOUT));
        return new ReplyConfig(
                new ReplySpec(
                        spec,
                        model,
                        settings.get(MAX_TOKENS),
                        field != null ? field : ReplySpec.isOpenAi(address) ? NEW_FIELD : OLD_FIELD,
                        settings.find(TEMPERATURE)),
                settings.get(DOCUMENTS),
                settings.get(MAX_SOURCE_CHARS),
                settings.find(MIN_SCORE),
                settings.get(TIMEOUT),
                settings.get(MAX_WAITING));
    }
}
