// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.endpoint.SecretReference;
import io.streamrank.inference.model.ModelException;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names the APIs: where they are, and how much of what they take in one request. */
public enum Provider {
    COHERE("https://api.cohere.com", "/v2/rerank", "/v2/embed", 1_000, 96),
    VOYAGE("https://api.voyageai.com", "/v1/rerank", "/v1/embeddings", 1_000, 128),
    JINA("https://api.jina.ai", "/v1/rerank", "/v1/embeddings", 1_000, 128),
    TOGETHER("https://api.together.ai", "/v1/rerank", "/v1/embeddings", 1_000, 128),
    /** Hugging Face's text-embeddings-inference, which everybody runs for themselves. */
    TEI(null, "/rerank", "/embed", 32, 32),
    /** And all that speaks as OpenAI does. */
    OPENAI("https://api.openai.com", null, "/v1/embeddings", 1, 256);

    /** Tokens of a batch of documents: below every provider's limit, the least of which is Voyage's 120,000. */
    static final long BATCH_TOKENS = 60_000;

    /** MongoDB serves Voyage's models, too, and its keys begin in another way. */
    private static final String VOYAGE_AT_ATLAS = "https://ai.mongodb.com/v1";

    private static final String KEY_OF_ATLAS = "al-";

    private static final Pattern MODEL = Pattern.compile("[^\\s:/]\\S*");
    private static final Pattern SERVER = Pattern.compile("https?://\\S+");
    private static final Pattern VERSION = Pattern.compile(".*/v\\d+");

    private final @Nullable String base;
    private final @Nullable String rerankPath;
    private final String embedPath;
    private final int mostPairs;
    private final int mostTexts;

    Provider(@Nullable String base, @Nullable String rerankPath, String embedPath, int mostPairs, int mostTexts) {
        this.base = base;
        this.rerankPath = rerankPath;
        this.embedPath = embedPath;
        this.mostPairs = mostPairs;
        this.mostTexts = mostTexts;
    }

    /** Returns the provider of a URI such as {@code cohere:rerank-v4.0-pro} or {@code tei:http://host:port}, if it is one. */
    public static Optional<Provider> of(String uri) {
        return Arrays.stream(values())
                .filter(provider -> uri.startsWith(provider.scheme() + ":"))
                .filter(provider -> (provider == TEI ? SERVER : MODEL)
                        .matcher(provider.named(uri))
                        .matches())
                .findFirst();
    }

    /** Returns what a URI of this provider names: a model, or the server of the only one that there is. */
    String named(String uri) {
        return uri.substring(scheme().length() + 1);
    }

    /** Returns what begins a model's URI. */
    public String scheme() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether the API has an operation that reranks; all embed. */
    public boolean reranks() {
        return rerankPath != null;
    }

    /** Returns whether the API is told whether a text is a query or a document, so that no prefix has to tell the model. */
    public boolean takesRoles() {
        return this == COHERE || this == VOYAGE || this == JINA;
    }

    /** Returns where the provider itself serves; null for software that users run. */
    public @Nullable String base() {
        return base;
    }

    /** Returns where the provider serves who has such a key; null for software that users run. */
    @Nullable
    String base(@Nullable SecretReference key) throws ModelException {
        return this == VOYAGE && key != null && key.startsWith(KEY_OF_ATLAS) ? VOYAGE_AT_ATLAS : base;
    }

    int mostPairs() {
        return mostPairs;
    }

    int mostTexts() {
        return mostTexts;
    }

    URI rerankAddress(String endpoint) {
        return address(endpoint, String.valueOf(rerankPath));
    }

    URI embedAddress(String endpoint) {
        return address(endpoint, embedPath);
    }

    /**
     * Returns the address of an operation. An endpoint that ends with the operation is the whole address, one that ends with a
     * version lacks the operation alone.
     */
    private static URI address(String endpoint, String path) {
        String start = endpoint.replaceFirst("/+$", "");
        String operation = path.substring(path.lastIndexOf('/'));
        if (start.endsWith(operation)) {
            return URI.create(start);
        }
        return URI.create(start + (VERSION.matcher(start).matches() ? operation : path));
    }
}
