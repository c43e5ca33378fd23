// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.local.data.FileRecord;
import org.junit.jupiter.api.Test;

class DemoQueryDefaultsTest {
    private static final DemoQueryDefaults ASKED = new DemoQueryDefaults(50, 5);

    @Test
    void asksForAllCandidatesWithTheirDocuments() throws Exception {
        assertThat(inFull("""
                {"query":"q"}""")).isEqualTo("""
                        {"query":"q","candidates":50,"top_n":50,"return_documents":true}""");
        assertThat(inFull("""
                {"query":"q","candidates":9,"top_n":3}""")).isEqualTo("""
                        {"query":"q","candidates":9,"top_n":9,"return_documents":true}""");
    }

    @Test
    void retrievesNoFewerThanAreWanted() throws Exception {
        assertThat(inFull("""
                {"query":"q","top_n":70}""")).contains("\"candidates\":70");
    }

    @Test
    void leavesAQueryWithItsOwnDocumentsItsNumberOfHits() throws Exception {
        assertThat(inFull("""
                {"query":"q","documents":["a"],"top_n":1}""")).contains("\"top_n\":1");
    }

    @Test
    void leavesWrongNumbersToTheJobToRefuse() throws Exception {
        assertThat(inFull("""
                {"query":"q","top_n":"many"}""")).contains("\"top_n\":\"many\"");
        assertThat(inFull("""
                {"query":"q","top_n":-1}""")).contains("\"top_n\":-1");
        assertThat(inFull("""
                {"query":"q","candidates":0}""")).contains("\"candidates\":0,\"top_n\":5");
    }

    private static String inFull(String query) throws Exception {
        return ASKED.inFull(query(query)).content().toString();
    }

    private static FileRecord query(String json) throws Exception {
        return new FileRecord(1, (ObjectNode) new ObjectMapper().readTree(json));
    }
}
