// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import java.util.regex.Pattern;

/** Removes secrets from addresses, as messages, logs and the file of a position show them. */
final class StoreAddress {
    private static final Pattern USER = Pattern.compile("//[^/@]*@");
    private static final Pattern PARAMETERS = Pattern.compile("[?;].*$");

    private StoreAddress() {}

    /** Returns the address without user, password and parameters. */
    static String withoutSecrets(String address) {
        return PARAMETERS.matcher(USER.matcher(address).replaceFirst("//")).replaceFirst("");
    }
}
