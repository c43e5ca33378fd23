// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What all our processes have in common.
 *
 * @param folder has a log file a process, Flink's conf/, and in application mode usrlib/
 * @param parentWatch a jar with {@link ParentWatch}
 */
public record JvmStart(Path folder, Path parentWatch) {
    private static final String LOGGING = """
            status = WARN
            appender.console.type = Console
            appender.console.name = console
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %d{HH:mm:ss,SSS} %-5p %c{1.} - %m%n
            rootLogger.level = INFO
            rootLogger.appenderRef.console.ref = console
            """;

    public static JvmStart in(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("log4j2.properties"), LOGGING);
        return new JvmStart(folder, Jars.write(folder.resolve("parent-watch.jar"), List.of(ParentWatch.class)));
    }

    public Path log(String name) {
        return folder.resolve(name + ".log");
    }

    public JavaProcess start(String name, List<Path> classPath, List<String> options, List<String> command)
            throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dlog4j2.configurationFile=" + folder.resolve("log4j2.properties")));
        all.addAll(options);
        List<Path> path =
                Stream.concat(Stream.of(parentWatch), classPath.stream()).toList();
        return JavaProcess.start(
                name,
                log(name),
                path,
                all,
                command,
                Map.of(
                        "FLINK_CONF_DIR",
                        folder.resolve("conf").toString(),
                        "FLINK_LIB_DIR", // Flink looks for usrlib/ beside it
                        folder.resolve("lib").toString()));
    }
}
