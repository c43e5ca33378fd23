// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway;

import io.streamrank.gateway.query.GatewayInputException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Starts the gateway as a program of its own. */
public final class Gateway {
    private static final int FAILED = 1;
    private static final int WRONG_INPUT = 2;

    private Gateway() {}

    public static void main(String[] args) {
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            main.interrupt();
            try {
                main.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        int exitCode = commandLine().execute(args);
        Runtime.getRuntime().halt(exitCode); // threads of clients of the server need not be waited for
    }

    /** Returns the command with options for help and version, which it has from the launcher if it is one of many. */
    static CommandLine commandLine() {
        String version = Gateway.class.getPackage().getImplementationVersion();
        CommandSpec spec = CommandSpec.forAnnotatedObject(new GatewayCommand())
                .mixinStandardHelpOptions(true)
                .version("streamrank " + (version == null ? "(development)" : version));
        spec.usageMessage().sortOptions(false).showDefaultValues(true).footerHeading("%nExamples:%n");
        return new CommandLine(spec).setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(failure.getMessage());
            return failure instanceof GatewayInputException ? WRONG_INPUT : FAILED;
        });
    }
}
