// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import io.javalin.http.Context;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Pattern;

/** Serves files of one folder of the class path, without sub-folders. Each is read afresh, and browsers ask each time. */
final class StaticFiles {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*\\.([a-z0-9]+)");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "txt", "text/plain; charset=utf-8",
            "woff2", "font/woff2",
            "webmanifest", "application/manifest+json");

    private final String folder;
    private final String policy;

    /**
     * Makes a server of files.
     *
     * @param folder on the class path, with a slash at the end
     * @param policy of their {@code Content-Security-Policy}
     */
    StaticFiles(String folder, String policy) {
        this.folder = folder;
        this.policy = policy;
    }

    /** Sends the file of that name, or refuses if there is none. */
    void send(Context context, String name) {
        var matcher = NAME.matcher(name);
        String type = matcher.matches() ? TYPES.get(matcher.group(1)) : null;
        try (InputStream file =
                type == null ? null : StaticFiles.class.getClassLoader().getResourceAsStream(folder + name)) {
            if (file == null || type == null) {
                throw new RequestException(Problem.NOT_FOUND, "there is nothing at " + context.path());
            }
            context.header("Content-Security-Policy", policy);
            context.header("Cache-Control", "no-cache");
            context.contentType(type);
            context.result(file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("a file of the class path cannot be read: " + folder + name, e);
        }
    }
}
