// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config.option;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Checks addresses of servers that the job sends requests to. */
public final class HttpAddress {
    /** Says what an address must be, to follow the words "must be". */
    public static final String VALUES = "an address such as http://host:8000, without user and password";

    private HttpAddress() {}

    /** Tells whether requests can be sent there, or could if {@link #checkHost} did not refuse the host's name. */
    public static boolean isOne(String text) {
        return isComplete(text) || isUnderscored(text);
    }

    /**
     * Refuses an underscore in the name of a host. Containers may be called that, but Java sends no request to them.
     *
     * @param option that holds the address
     * @param address null where there is none
     */
    public static void checkHost(Settings settings, Option<String> option, @Nullable String address) {
        settings.rule(
                address == null || !isUnderscored(address),
                option.key()
                        + " must have no underscore in the name of its host; give the host an alias with a hyphen: "
                        + settings.quoted(settings.written(option)),
                option);
    }

    private static boolean isUnderscored(String text) {
        return !isComplete(text) && isComplete(text.replace('_', '-'));
    }

    private static boolean isComplete(String text) {
        try {
            URI uri = new URI(text);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null;
        } catch (URISyntaxException notAnAddress) {
            return false;
        }
    }
}
