// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import io.streamrank.inference.model.ModelException;
import io.streamrank.message.Excerpt;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds how to reach the Hugging Face hub or a mirror, read from the environment variables HF_ENDPOINT, HF_TOKEN and
 * HF_HUB_OFFLINE.
 *
 * @param endpoint without a slash at its end
 * @param token sent to the endpoint's host and to no other; null for none
 * @param offline whether to use the cache alone
 * @see <a href="https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables">the variables</a>
 */
record HubSettings(URI endpoint, @Nullable String token, boolean offline) {
    private static final String DEFAULT = "https://huggingface.co";

    static HubSettings fromEnvironment() throws ModelException {
        return from(System.getenv());
    }

    /** @throws ModelException where HF_ENDPOINT is no address of a hub, or HF_TOKEN no token; the message has no secret */
    static HubSettings from(Map<String, String> environment) throws ModelException {
        String endpoint = environment.getOrDefault("HF_ENDPOINT", "").strip();
        String token = environment.getOrDefault("HF_TOKEN", "").strip();
        String offline = environment.getOrDefault("HF_HUB_OFFLINE", "");
        // It is sent as a header; anything else in it would end that header.
        if (token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new ModelException("HF_TOKEN holds characters that no token has; check it.");
        }
        return new HubSettings(
                address(endpoint.isEmpty() ? DEFAULT : endpoint.replaceFirst("/+$", "")),
                token.isEmpty() ? null : token,
                offline.equals("1") || offline.equalsIgnoreCase("true") || offline.equalsIgnoreCase("yes"));
    }

    private static URI address(String endpoint) throws ModelException {
        try {
            URI address = new URI(endpoint);
            if (address.getHost() != null
                    && address.getUserInfo() == null
                    && ("https".equalsIgnoreCase(address.getScheme())
                            || "http".equalsIgnoreCase(address.getScheme()))) {
                return address;
            }
        } catch (URISyntaxException notOne) {
            // Told below.
        }
        throw new ModelException("HF_ENDPOINT is "
                + Excerpt.withoutUserInfo(endpoint)
                + ", which is no address of a hub: write https://host, without user and password, or unset it.");
    }

    /** Returns the address of a revision's metadata: its commit and its files. */
    URI modelInfo(String id, String revision) {
        return URI.create(endpoint + "/api/models/" + id + "/revision/" + escape(revision) + "?blobs=true");
    }

    /** Returns the address of a file. */
    URI file(String id, String commit, String path) {
        return URI.create(endpoint + "/" + id + "/resolve/" + escape(commit) + "/" + escapeParts(path));
    }

    /** Tells whether the token may be sent to this address. */
    boolean trusts(URI address) {
        return endpoint.getScheme().equalsIgnoreCase(address.getScheme())
                && endpoint.getHost().equalsIgnoreCase(address.getHost())
                && endpoint.getPort() == address.getPort();
    }

    @Override
    public String toString() {
        return endpoint + (token == null ? "" : " with a token") + (offline ? " (offline)" : "");
    }

    private static String escape(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String escapeParts(String path) {
        return escape(path).replace("%2F", "/");
    }
}
