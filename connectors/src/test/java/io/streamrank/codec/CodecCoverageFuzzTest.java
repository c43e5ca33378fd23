// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Inputs that Jazzer breeds for the branches they reach. The build tries the seeds and what was once found; CONTRIBUTING
 * tells how to let it search.
 */
class CodecCoverageFuzzTest {
    private final ReadOrRefuse codecs = new ReadOrRefuse();

    @MethodSource("queries")
    @FuzzTest(maxDuration = "10m")
    void readsOrRefusesAnyQuery(byte[] value) throws CodecException {
        codecs.query(value);
    }

    @MethodSource("documents")
    @FuzzTest(maxDuration = "10m")
    void readsOrRefusesAnyDocumentAndReadsAgainWhatItWrites(byte[] value) {
        codecs.document(value);
    }

    static Stream<Arguments> queries() {
        return Stream.of("query.json", "query-inline.json").map(CodecCoverageFuzzTest::golden);
    }

    static Stream<Arguments> documents() {
        return Stream.of("document.json", "document-minimal.json").map(CodecCoverageFuzzTest::golden);
    }

    private static Arguments golden(String name) {
        return Arguments.of((Object) Wire.golden(name));
    }
}
