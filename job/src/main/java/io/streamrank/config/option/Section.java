// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config.option;

import java.util.List;

/**
 * Groups options, for the reference page and for telling known keys from unknown ones.
 *
 * @param about one or two sentences that apply to all of them
 */
public record Section(String title, String about, List<Option<?>> options) {
    public Section {
        options = List.copyOf(options);
    }
}
