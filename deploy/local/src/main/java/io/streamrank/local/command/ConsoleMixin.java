// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.local.console.Console;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/**
 * Gives a command its console: standard output and error, or what a test put in their place. Also says which options
 * the user gave.
 */
@Command // which picocli asks of a mixin without options
public final class ConsoleMixin {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    public Console console() {
        return Console.of(command.commandLine().getOut(), command.commandLine().getErr());
    }

    /** Returns the names of the options that the user gave, in that order, without those that have their defaults. */
    public List<String> given() {
        return command.commandLine().getParseResult().matchedOptions().stream()
                .map(OptionSpec::longestName)
                .distinct()
                .toList();
    }
}
