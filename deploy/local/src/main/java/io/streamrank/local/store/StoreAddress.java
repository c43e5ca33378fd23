// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with addresses, and removes secrets from them, as messages, logs and the file of a position show them. */
final class StoreAddress {
    private static final Pattern USER = Pattern.compile("//[^/@]*@");
    private static final Pattern PARAMETERS = Pattern.compile("[?;].*$");
    private static final Pattern REASON = Pattern.compile(": .*$", Pattern.DOTALL);

    private StoreAddress() {}

    /** Returns the address without user, password and parameters. */
    static String withoutSecrets(String address) {
        return PARAMETERS.matcher(USER.matcher(address).replaceFirst("//")).replaceFirst("");
    }

    /** Returns a clause that says that the host is unknown, as Java's message is its name alone; null for another failure. */
    static @Nullable String unknownHost(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                String host = REASON.matcher(String.valueOf(cause.getMessage())).replaceFirst("");
                return "the host " + host + " is unknown, check its name";
            }
        }
        return null;
    }
}
