// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway;

import io.streamrank.gateway.query.GatewayInputException;
import picocli.CommandLine;

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

    static CommandLine commandLine() {
        return new CommandLine(new GatewayCommand()).setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(failure.getMessage());
            return failure instanceof GatewayInputException ? WRONG_INPUT : FAILED;
        });
    }
}
