// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.net.URI;
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

    static HubSettings fromEnvironment() {
        return from(System.getenv());
    }

    static HubSettings from(Map<String, String> environment) {
        String endpoint = environment.getOrDefault("HF_ENDPOINT", "");
        String token = environment.getOrDefault("HF_TOKEN", "").strip();
        String offline = environment.getOrDefault("HF_HUB_OFFLINE", "");
        return new HubSettings(
                URI.create((endpoint.isBlank() ? DEFAULT : endpoint).strip().replaceFirst("/+$", "")),
                token.isEmpty() ? null : token,
                offline.equals("1") || offline.equalsIgnoreCase("true") || offline.equalsIgnoreCase("yes"));
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
