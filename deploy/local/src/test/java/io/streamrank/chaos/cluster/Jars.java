// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the processes run: the jars of this module's test class path, and the bundles that the job's build made. */
public final class Jars {
    /** What a Flink distribution has in lib/, as far as this job needs it; everything else comes with the job. */
    private static final Pattern FLINK = Pattern.compile("(flink-(?!connector-kafka).*|commons-(?!io|compress).*|"
            + "log4j-.*|slf4j-api-.*|kryo-.*|minlog-.*|objenesis-.*|reflectasm-.*|snappy-java-.*|lz4-java-.*|"
            + "javassist-.*|frocksdbjni-.*|snakeyaml-engine-.*|jsr305-.*|hash4j-.*|async-profiler-.*)\\.jar");
    /** Flink's own dependencies that DJL shares. */
    private static final Pattern SHARED = Pattern.compile("commons-(io|compress|codec)-.*\\.jar");

    private static final Pattern RUNTIME = Pattern.compile("flink-runtime-([0-9.]+)\\.jar");

    private static final Path JOB =
            Path.of("..", "..", "job", "target").toAbsolutePath().normalize();

    private Jars() {}

    public static List<Path> everything() {
        String surefire = System.getProperty("surefire.test.class.path");
        String classPath = surefire == null ? System.getProperty("java.class.path") : surefire;
        return Stream.of(classPath.split(Pattern.quote(System.getProperty("path.separator")), -1))
                .map(Path::of)
                .toList();
    }

    public static List<Path> broker() {
        return everything().stream()
                .filter(file -> file.toString().endsWith(".jar"))
                .filter(file -> !file.getFileName().toString().startsWith("streamrank-"))
                .toList();
    }

    public static List<Path> flink() {
        return everything().stream()
                .filter(file -> FLINK.matcher(file.getFileName().toString()).matches()
                        || SHARED.matcher(file.getFileName().toString()).matches())
                .toList();
    }

    /** The version that the build asked for, by the name of a jar that every cluster has. */
    public static String flinkVersion() {
        return flink().stream()
                .map(file -> RUNTIME.matcher(file.getFileName().toString()))
                .filter(Matcher::matches)
                .map(name -> name.group(1))
                .findFirst()
                .orElseThrow();
    }

    /** What belongs into Flink's lib/ beside the thin jar. */
    public static List<Path> clusterLibraries() throws IOException {
        try (Stream<Path> files = Files.list(JOB.resolve("lib"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .filter(file ->
                            !SHARED.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }

    /**
     * A bundle of the job's.
     *
     * @param classifier thin or all
     */
    public static Path bundle(String classifier) throws IOException {
        try (Stream<Path> files = Files.list(JOB)) {
            return files.filter(file -> file.getFileName().toString().endsWith("-" + classifier + ".jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(
                            "there is no " + classifier + " jar in " + JOB + ": build the job without -Dbundles.skip"));
        }
    }

    /** Writes a jar of classes of this JVM. */
    public static Path write(Path jar, List<Class<?>> classes) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Class<?> one : classes) {
                String entry = one.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(entry));
                try (InputStream in = one.getClassLoader().getResourceAsStream(entry)) {
                    in.transferTo(out);
                }
            }
        }
        return jar;
    }
}
