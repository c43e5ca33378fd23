// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreAddressTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            redis://cache:6379/1                              | redis://cache:6379/1
            redis://:hush@cache                               | redis://cache
            redis://:hu sh@cache/0                            | redis://cache/0
            redis://me:hu/sh@cache                            | redis://cache
            redis://me:hu@sh@cache                            | redis://cache
            redis://me:hu?sh@cache                            | redis://cache
            jdbc:sqlite:/data/docs.sqlite                     | jdbc:sqlite:/data/docs.sqlite
            jdbc:postgresql://db/shop?user=me&password=hush   | jdbc:postgresql://db/shop
            jdbc:postgresql://db/s?user=me@corp&password=hush | jdbc:postgresql://db/s
            jdbc:mysql://me:hush@db/shop                      | jdbc:mysql://db/shop
            jdbc:mysql://address=(host=db)(password=hush)/s   | jdbc:mysql://address=(host=db)(password=***)/s
            jdbc:oracle:thin:scott/hush@//db:1521/x           | jdbc:oracle:thin:@//db:1521/x
            jdbc:oracle:thin:scott/hu@sh@db:1521:x            | jdbc:oracle:thin:@db:1521:x
            jdbc:db2://db:50000/shop:user=me;password=hush;   | jdbc:db2://db:50000/shop:user=me
            jdbc:db2://db:50000/shop:password=hush;           | jdbc:db2://db:50000/shop:password=***
            jdbc:teradata://db/USER=me,PASSWORD=hush          | jdbc:teradata://db/USER=me,PASSWORD=***
            """)
    void showsNoPassword(String address, String shown) {
        assertThat(StoreAddress.withoutSecrets(address)).isEqualTo(shown);
    }

    @Test
    void aMessageShowsNoPasswordThatTheDriverWasGiven() {
        String address = "redis://:hu sh@cache";
        assertThat(StoreAddress.redacted("cannot open\n" + address, address, null))
                .isEqualTo("cannot open redis://cache");
        assertThat(StoreAddress.redacted("login me/hush refused", "jdbc:x:y", "hush"))
                .isEqualTo("login me/*** refused");
        assertThat(StoreAddress.redacted("bad: passwd = 'hu sh', pwd=hu,sh&user=me, at //me:hush@db/x", "jdbc:x:y", ""))
                .isEqualTo("bad: passwd=***, pwd=***&user=me, at //db/x");
        assertThat(StoreAddress.redacted("syntax error near WHERE key=x", "jdbc:x:y", null))
                .isEqualTo("syntax error near WHERE key=x");
    }
}
