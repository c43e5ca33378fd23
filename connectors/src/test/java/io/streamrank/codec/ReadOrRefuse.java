// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.streamrank.event.RawRecord;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;

/**
 * What must hold for any bytes from outside: they are read, or refused in one fit sentence, within memory that is in
 * proportion to them; and what was read comes back from what is written. Not thread-safe.
 */
final class ReadOrRefuse {
    private static final long ALLOCATED_BYTES = 256 << 10;
    private static final long ALLOCATED_BYTES_A_BYTE = 400;
    private static final int ATTEMPTS = 5;
    private static final int MESSAGE_CHARS = 600;

    private final QueryCodec queries = new QueryCodec(Limits.defaults(), QueryDefaults.defaults());
    private final DocumentCodec documents = new DocumentCodec(Limits.defaults());
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private int refused;

    private interface Attempt {
        void on(RawRecord record) throws CodecException;
    }

    /** How many were refused so far. */
    int refused() {
        return refused;
    }

    void query(byte[] value) {
        attempt(value, record -> {
            var query = queries.decode(record, 0).value();
            if (query.filter() != null) {
                FilterCodec.parse(query.filter(), Limits.defaults().filterDepth());
            }
            if (query.documents() != null) {
                query.documents().forEach(DocumentCodec::encode);
            }
        });
    }

    void document(byte[] value) {
        attempt(value, record -> {
            var document = documents.decode(record).value().document();
            var again = documents.decode(Wire.record((byte[]) null, DocumentCodec.encode(document)));
            if (!document.equals(again.value().document())) {
                fail(document + " came back as " + again.value().document());
            }
        });
    }

    private void attempt(byte[] value, Attempt attempt) {
        if (!isRead(value, attempt)) {
            refused++;
        }
        long most = ALLOCATED_BYTES + ALLOCATED_BYTES_A_BYTE * value.length;
        long least = Long.MAX_VALUE;
        // Now and then the JVM loads or spins classes; what an input costs, it costs each time.
        for (int i = 0; i < ATTEMPTS && least > most; i++) {
            least = Math.min(least, allocated(value, attempt));
        }
        if (least > most) {
            fail("%,d bytes allocated for input %s", least, HexFormat.of().formatHex(value));
        }
    }

    private long allocated(byte[] value, Attempt attempt) {
        long before = threads.getCurrentThreadAllocatedBytes();
        boolean unused = isRead(value, attempt);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static boolean isRead(byte[] value, Attempt attempt) {
        try {
            attempt.on(Wire.record((byte[]) null, value));
            return true;
        } catch (CodecException e) {
            String message = e.getMessage();
            if (message.isBlank()
                    || message.length() > MESSAGE_CHARS
                    || message.chars().anyMatch(Character::isISOControl)) {
                fail("unfit message " + message);
            }
            return false;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return fail("input " + HexFormat.of().formatHex(value), e);
        }
    }
}
