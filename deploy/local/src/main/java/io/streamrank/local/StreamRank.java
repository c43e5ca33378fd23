// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import io.streamrank.gateway.GatewayCommand;
import io.streamrank.local.command.AskCommand;
import io.streamrank.local.command.DemoCommand;
import io.streamrank.local.command.LoadCommand;
import io.streamrank.local.command.RunCommand;
import io.streamrank.local.command.Subcommand;
import io.streamrank.local.command.TopicsCommand;
import io.streamrank.local.console.Causes;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.ExitCode;
import io.streamrank.local.console.StopSignal;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.logging.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Starts the launcher: {@code ./streamrank COMMAND}. */
@Command(
        name = "streamrank",
        description = "Two-stage search as a stream: embed, retrieve, rerank on Apache Flink and Kafka.",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            LoadCommand.class,
            AskCommand.class,
            TopicsCommand.class,
            GatewayCommand.class
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
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:the input is wrong; the message says how",
            "3:done, except for records that could not be used",
            "130:stopped by Ctrl-C or kill before it was done"
        },
        footerHeading = "%nExamples:%n")
public final class StreamRank implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRank.class);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private StreamRank() {}

    @SuppressWarnings("try") // the signals' handler is there, and needs nothing
    public static void main(String[] args) {
        // JDBC drivers write to the standard error what they like, such as a whole address.
        LogManager.getLogManager().reset();
        int exitCode;
        try (StopSignal unused = StopSignal.here()) {
            exitCode = commandLine().execute(args);
        }
        // Not every thread of Flink and Kafka is a daemon.
        System.exit(exitCode);
    }

    /** Returns the launcher with all commands: its own, and those that the class path holds as a {@link Subcommand}. */
    public static CommandLine commandLine() {
        CommandLine launcher = new CommandLine(new StreamRank());
        ServiceLoader.load(Subcommand.class).forEach(launcher::addSubcommand);
        return launcher.addSubcommand(new CommandLine.HelpCommand())
                .setExpandAtFiles(false) // a query may begin with an @
                .setParameterExceptionHandler(StreamRank::wrongArguments)
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> report(failure, Console.of(command.getOut(), command.getErr())));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int wrongArguments(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        command.getErr().println(wrong.getMessage());
        command.getErr().println("See: ./" + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.WRONG_INPUT;
    }

    private static int report(Exception failure, Console console) {
        if (isShuttingDown()) {
            return ExitCode.FAILED; // Ctrl-C pulled the ground away; nothing of that is news
        }
        console.status(""); // whatever was going on is over
        if (Causes.interrupted(failure)) {
            return ExitCode.STOPPED;
        }
        Causes.Told told = Causes.told(failure);
        if (told != null) {
            LOG.info("Refused", failure);
            console.say(told.sentence());
            return told.exitCode();
        }
        LOG.error("Failed", failure);
        console.say(
                "failed: " + Causes.root(failure) + (failure.getCause() == null ? "" : " (log: " + logFile() + ")"));
        return ExitCode.FAILED;
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
