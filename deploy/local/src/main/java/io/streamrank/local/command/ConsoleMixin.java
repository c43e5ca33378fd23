// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.local.console.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Gives a command its console: standard output and error, or what a test put in their place. */
@Command // which picocli asks of a mixin without options
public final class ConsoleMixin {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    public Console console() {
        return Console.of(command.commandLine().getOut(), command.commandLine().getErr());
    }
}
