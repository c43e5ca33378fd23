// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.HttpAddress;
import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import io.streamrank.inference.endpoint.EndpointLimits;
import io.streamrank.inference.endpoint.SecretReference;
import io.streamrank.inference.hosted.HostedSpec;
import io.streamrank.inference.hosted.Provider;
import io.streamrank.inference.model.LongDocuments;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Defines the options of models behind an API, and refuses those that do not go with the model. */
final class HostedOptions {
    static final String KEY_FORMS = "${env:NAME} or ${file:/path:key}";

    /** Groups the options that each model has. */
    record Hosted(
            Option<String> uri,
            Option<String> endpoint,
            Option<String> apiKey,
            Option<Integer> requestsPerMinute,
            Option<Long> tokensPerMinute,
            Option<Integer> maxInFlight,
            Option<Duration> requestTimeout) {
        List<Option<?>> all() {
            return List.of(endpoint, apiKey, requestsPerMinute, tokensPerMinute, maxInFlight, requestTimeout);
        }
    }

    static final Hosted EMBEDDER = hosted("embedder", ModelOptions.EMBEDDER.uri());
    static final Hosted RERANKER = hosted("reranker", ModelOptions.RERANKER.uri());
    static final Option<Integer> DIMENSIONS = Option.optionalInteger(
            "models.embedder.dimensions",
            1,
            65_536,
            "Length of the vectors to ask the embedder for. Not every model can shorten its vectors. Default: the"
                    + " length that the model gives.");

    static final Section SECTION = new Section(
            "Models behind an API",
            "These apply if the URI of the embedder or reranker names an API. See [hosted models](hosted-models.md). The limits"
                    + " hold for each TaskManager, so the limits times the TaskManagers must fit the key.",
            Stream.of(EMBEDDER.all(), List.<Option<?>>of(DIMENSIONS), RERANKER.all())
                    .flatMap(List::stream)
                    .toList());

    private HostedOptions() {}

    /** Returns the embedder behind an API, or null for one that the job loads. */
    static @Nullable HostedSpec embedder(Settings settings) {
        List<Option<?>> local = List.of(
                ModelOptions.EMBEDDER.file(),
                ModelOptions.EMBEDDER.maxTokens(),
                ModelOptions.EMBEDDER.sha256(),
                ModelOptions.POOLING);
        Provider provider = provider(settings, EMBEDDER, List.of(DIMENSIONS), local);
        if (provider == null) {
            return null;
        }
        for (Option<String> prefix : List.of(ModelOptions.QUERY_PREFIX, ModelOptions.PASSAGE_PREFIX)) {
            settings.rule(
                    !provider.takesRoles() || settings.written(prefix) == null,
                    prefix.key() + " is not for " + settings.named(EMBEDDER.uri) + ", as the job tells "
                            + provider.scheme() + " whether a text is a query or a document; leave it out",
                    prefix);
        }
        return spec(
                settings,
                EMBEDDER,
                provider,
                settings.find(DIMENSIONS),
                Objects.requireNonNullElse(settings.find(ModelOptions.QUERY_PREFIX), ""),
                Objects.requireNonNullElse(settings.find(ModelOptions.PASSAGE_PREFIX), ""));
    }

    /** Returns the reranker behind an API, or null for one that the job loads. */
    static @Nullable HostedSpec reranker(Settings settings) {
        List<Option<?>> local = List.of(
                ModelOptions.RERANKER.file(),
                ModelOptions.RERANKER.maxTokens(),
                ModelOptions.RERANKER.sha256(),
                ModelOptions.RERANKER_ACTIVATION);
        Provider provider = provider(settings, RERANKER, List.of(), local);
        if (provider == null) {
            return null;
        }
        settings.rule(
                settings.get(PairOptions.LONG_DOCUMENTS) != LongDocuments.CHUNK,
                PairOptions.LONG_DOCUMENTS.key() + " must be truncate for " + settings.named(RERANKER.uri)
                        + ", as the job cannot count the tokens of a model behind an API: \"chunk\"",
                PairOptions.LONG_DOCUMENTS);
        return spec(settings, RERANKER, provider, null, "", "");
    }

    /** Returns the API that the model's URI names, or null; notes options that do not go with it. */
    private static @Nullable Provider provider(
            Settings settings, Hosted options, List<Option<?>> more, List<Option<?>> local) {
        String uri = settings.get(options.uri);
        Optional<Provider> provider = Provider.of(uri);
        List<Option<?>> misplaced = provider.isPresent()
                ? local
                : Stream.concat(options.all().stream(), more.stream()).toList();
        for (Option<?> option : misplaced) {
            settings.rule(
                    settings.written(option) == null,
                    option.key() + " is for a model "
                            + (provider.isPresent() ? "that the job loads" : "behind an API")
                            + ", but " + options.uri.key() + " is " + settings.named(options.uri)
                            + "; leave it out, or change the URI",
                    options.uri);
        }
        return provider.orElse(null);
    }

    private static HostedSpec spec(
            Settings settings,
            Hosted options,
            Provider provider,
            @Nullable Integer dimensions,
            String queryPrefix,
            String passagePrefix) {
        String uri = settings.get(options.uri);
        String endpoint = settings.find(options.endpoint);
        checkAddress(settings, options, provider);
        settings.rule(
                provider != Provider.TEI || endpoint == null,
                options.endpoint.key() + " is not for " + settings.named(options.uri)
                        + ", whose URI has the address; leave it out",
                options.endpoint);
        SecretReference key = key(settings, options.apiKey);
        settings.rule(
                key != null || endpoint != null || provider.base() == null || settings.written(options.apiKey) != null,
                options.apiKey.key() + " is required for " + settings.named(options.uri) + ": " + KEY_FORMS
                        + ", such as ${env:" + provider.name() + "_API_KEY}");
        return new HostedSpec(
                uri,
                endpoint,
                key,
                new EndpointLimits(
                        settings.get(options.requestsPerMinute),
                        settings.get(options.tokensPerMinute),
                        settings.get(options.maxInFlight)),
                settings.get(options.requestTimeout),
                dimensions,
                queryPrefix,
                passagePrefix);
    }

    /** Checks where the model is: the URI says it for the one server that has no name of a model, else the endpoint. */
    private static void checkAddress(Settings settings, Hosted options, Provider provider) {
        HttpAddress.checkHost(settings, options.endpoint, settings.find(options.endpoint));
        if (provider == Provider.TEI) {
            String address =
                    settings.get(options.uri).substring(provider.scheme().length() + 1);
            settings.rule(
                    HttpAddress.isOne(address),
                    options.uri.key() + " must be tei: and " + HttpAddress.VALUES + ": "
                            + settings.quoted(settings.written(options.uri)),
                    options.uri);
            HttpAddress.checkHost(settings, options.uri, address);
        }
    }

    /** Reads where the key is found; the key itself is read where the model is opened. */
    static @Nullable SecretReference key(Settings settings, Option<String> option) {
        String written = settings.written(option);
        if (written == null) {
            return null;
        }
        if (SecretReference.isOne(written.strip())) {
            return new SecretReference(written.strip());
        }
        settings.problem(option.key() + " holds a literal secret or a reference of another kind; write " + KEY_FORMS
                + ", which the job resolves on the machine where the model is used");
        return null;
    }

    private static Hosted hosted(String model, Option<String> uri) {
        String section = "models." + model;
        return new Hosted(
                uri,
                Option.optionalText(
                        section + ".endpoint",
                        HttpAddress.VALUES,
                        HttpAddress::isOne,
                        "Base address of a server that speaks the API of the URI, such as vLLM, infinity or LiteLLM. One that ends"
                                + " with the operation, such as /rerank, is taken as it is. Default: the provider's own."),
                Option.optionalText(
                        section + ".api-key",
                        KEY_FORMS,
                        SecretReference::isOne,
                        "Where the API key is found: an environment variable, or a line of a properties file, on each machine of"
                                + " the cluster. The job reads it when it opens the model, and again if it is refused. The key"
                                + " itself is refused here."),
                Option.integer(
                        section + ".requests-per-minute",
                        0,
                        0,
                        1_000_000,
                        "Maximum number of requests in any minute from a TaskManager. 0: no limit but the provider's."),
                Option.number(
                        section + ".tokens-per-minute",
                        0,
                        0,
                        100_000_000_000L,
                        "Maximum number of tokens in any minute from a TaskManager, estimated as a third of the characters"
                                + " until the provider has counted them. 0: no limit but the provider's."),
                Option.integer(
                        section + ".max-in-flight",
                        8,
                        1,
                        1_000,
                        "Maximum number of requests at the same time from a TaskManager. The job sends fewer while the endpoint"
                                + " is busy."),
                Option.duration(
                        section + ".request-timeout",
                        Duration.ofSeconds(10),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(10),
                        "Maximum time for one attempt, from sending the request to the end of the answer."));
    }
}
