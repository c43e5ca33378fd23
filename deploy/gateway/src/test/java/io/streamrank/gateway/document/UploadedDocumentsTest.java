// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UploadedDocumentsTest {
    @Test
    void linesAreCountedFromOneAndEmptyOnesLeftOut() {
        UploadedDocuments documents = UploadedDocuments.ofLines("{\"id\":1}\r\n\n  \n{\"id\":2}".getBytes(UTF_8));

        assertThat(documents.unit()).isEqualTo("line");
        assertThat(documents.parts()).extracting(UploadedDocuments.Part::number).containsExactly(1, 4);
        assertThat(new String(documents.parts().get(1).value(), UTF_8)).isEqualTo("{\"id\":2}");
    }

    @Test
    void elementsOfAnArrayAreCountedFromZero() {
        UploadedDocuments documents = UploadedDocuments.ofJson("[{\"id\":1.50},7]".getBytes(UTF_8));

        assertThat(documents.unit()).isEqualTo("index");
        assertThat(documents.parts())
                .extracting(part -> part.number() + new String(part.value(), UTF_8))
                .containsExactly("0{\"id\":1.50}", "17");
    }

    @Test
    void oneObjectIsOneDocument() {
        assertThat(UploadedDocuments.ofJson("{\"id\":1}".getBytes(UTF_8)).parts())
                .hasSize(1);
        assertThatThrownBy(() -> UploadedDocuments.ofJson("[".getBytes(UTF_8))).hasMessageStartingWith("the body ");
    }
}
