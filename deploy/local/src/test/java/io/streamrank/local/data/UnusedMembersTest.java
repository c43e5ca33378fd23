// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.StrictJson;
import io.streamrank.local.console.Console;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class UnusedMembersTest {
    private final UnusedMembers unused = new UnusedMembers();

    @Test
    void saysNothingOfWhatTheContractKnows() throws Exception {
        add("{'id':'1','collection':'c','fields':{'t':'x'},'text':'y','metadata':{'year':1},'embedding':[1.0]}");

        assertThat(said()).isEmpty();
    }

    @Test
    void countsDocumentsAndNamesTheFirstMembers() throws Exception {
        add("{'id':'1','fields':{'t':'x'},'year':1997,'rating':null}");

        assertThat(said())
                .isEqualTo("1 document has members next to \"fields\" that are not used, put them into \"metadata\":"
                        + " year, rating\n");

        add("{'id':'2','fields':{'t':'x'},'year':1997}");
        add("{'id':'3','fields':{'t':'x'}}");
        add("{'id':'4','fields':{'t':'x'},'a':1,'b':2,'c':3,'d':4}");

        assertThat(said())
                .isEqualTo("3 documents have members next to \"fields\" that are not used, put them into \"metadata\":"
                        + " year, rating, a, b, c, …\n");
    }

    private void add(String quoted) throws Exception {
        unused.add((ObjectNode) StrictJson.parse(quoted.replace('\'', '"')));
    }

    private String said() {
        StringWriter err = new StringWriter();
        unused.print(new Console(new PrintWriter(new StringWriter()), new PrintWriter(err), false, false, 80));
        return err.toString();
    }
}
