// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import io.streamrank.config.ConfigException;
import io.streamrank.inference.ModelException;
import io.streamrank.kafka.TopicException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The launcher: {@code ./streamrank COMMAND}. Exit codes: 0 done, 1 failed, 2 wrong input. */
@Command(
        name = "streamrank",
        description = "Two-stage search as a stream: embed, retrieve, rerank on Apache Flink and Kafka.",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            LoadCommand.class,
            AskCommand.class,
            TopicsCommand.class,
            EvaluateCommand.class,
            BenchmarkCommand.class,
            CommandLine.HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = StreamRank.Version.class,
        sortOptions = false,
        showDefaultValues = true,
        usageHelpAutoWidth = true,
        descriptionHeading = "%n",
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n")
public final class StreamRank implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRank.class);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private StreamRank() {}

    public static void main(String[] args) {
        // Not every thread of Flink and Kafka is a daemon.
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new StreamRank())
                .setParameterExceptionHandler(StreamRank::wrongArguments)
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command.getErr()));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int wrongArguments(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        command.getErr().println(wrong.getMessage());
        command.getErr().println("See: ./" + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    private static int report(Exception failure, PrintWriter err) {
        if (failure instanceof InputException
                || failure instanceof ConfigException
                || failure instanceof ModelException) {
            LOG.debug("Refused", failure);
            err.println(failure.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        if (isShuttingDown()) {
            return CommandLine.ExitCode.SOFTWARE; // Ctrl-C pulled the ground away; nothing of that is news
        }
        LOG.error("Failed", failure);
        if (failure instanceof TopicException) {
            err.println(failure.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        err.println(
                "failed: " + rootMessage(failure) + (failure.getCause() == null ? "" : " (log: " + logFile() + ")"));
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** The cause that no other cause explains is the one that a person can do something about. */
    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null
                ? root.getClass().getSimpleName()
                : message.lines().findFirst().orElse(message);
    }

    private static boolean isShuttingDown() {
        try {
            Thread probe = new Thread();
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException shuttingDown) {
            return true;
        }
    }

    private static Path logFile() {
        return Path.of(System.getProperty("streamrank.log", System.getProperty("java.io.tmpdir") + "/streamrank.log"));
    }

    /** From the jar's manifest; there is none when run from classes. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = StreamRank.class.getPackage().getImplementationVersion();
            return new String[] {"streamrank " + (version == null ? "(development)" : version)};
        }
    }
}
