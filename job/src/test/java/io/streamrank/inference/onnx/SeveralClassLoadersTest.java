// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.TextRole;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A job jar with everything in it is loaded anew with each submission, in a process that goes on. */
class SeveralClassLoadersTest {
    @Test
    void eachLoadsNativeCodeAndGetsTheSameVectors() throws Exception {
        String first;
        String second;
        try (URLClassLoader one = loaderOfEverything();
                URLClassLoader another = loaderOfEverything()) {
            first = embedIn(one);
            second = embedIn(another);
        }

        assertThat(first).startsWith("[").isEqualTo(second);
        assertThat(System.getProperty("ENGINE_CACHE_DIR")).isNull();
        assertThat(leftBehind(Path.of(System.getProperty("java.io.tmpdir")))).isEmpty();
    }

    private static URLClassLoader loaderOfEverything() {
        URL[] urls = Stream.of(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator, -1))
                .map(SeveralClassLoadersTest::url)
                .toArray(URL[]::new);
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String path) {
        try {
            return new File(path).toURI().toURL();
        } catch (IOException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    private static String embedIn(ClassLoader loader) throws ReflectiveOperationException {
        return (String) loader.loadClass(Use.class.getName()).getMethod("embed").invoke(null);
    }

    private static List<Path> leftBehind(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("streamrank-native-"))
                    .toList();
        }
    }

    /** Run in each class loader. */
    public static final class Use {
        private Use() {}

        public static String embed() throws Exception {
            try (Embedder embedder =
                    OnnxModels.embedder(Golden.spec("tiny-bi-encoder")).open()) {
                return Arrays.toString(
                        embedder.embed(List.of(embedder.encode("who sank the ship", TextRole.QUERY)))[0]);
            }
        }
    }
}
