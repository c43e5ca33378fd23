// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Header;
import io.streamrank.event.Query;
import io.streamrank.event.RawRecord;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
    private final AnswerRoundTrip answers = new AnswerRoundTrip();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private int refused;

    private interface Attempt {
        void on(RawRecord record) throws CodecException;
    }

    /** How many were refused so far. */
    int refused() {
        return refused;
    }

    void query(byte[] value) throws CodecException {
        RawRecord record = Wire.record((byte[]) null, value);
        boolean read = attempt(record, raw -> {
            Query query = queries.decode(raw, 0).value();
            if (query.filter() != null) {
                FilterCodec.parse(query.filter(), Limits.defaults().filterDepth());
            }
            if (query.documents() != null) {
                query.documents().forEach(DocumentCodec::encode);
            }
        });
        if (read) {
            answers.assertThatAllComesBack(queries.decode(record, 0).value());
        }
    }

    /** A good query in any envelope: its size alone decides. */
    void envelope(byte @Nullable [] key, List<Header> headers, byte[] value) throws CodecException {
        RawRecord record = new RawRecord("topic", 0, 7, 0, key, value, headers);
        boolean read = attempt(record, raw -> queries.decode(raw, 0));
        if (read == size(record) - value.length > QueryCodec.MAX_KEY_AND_HEADER_BYTES) {
            fail("%d bytes of key and headers, read: %s", size(record) - value.length, read);
        }
        if (read) {
            String id = queries.decode(record, 0).value().id();
            if (id.isBlank()
                    || id.length() > DocumentKey.MAX_CHARS
                    || id.chars().anyMatch(Character::isISOControl)) {
                fail("unfit id " + id);
            }
        }
    }

    void document(byte[] value) {
        document(null, value);
    }

    /** An upsert, or a delete where there is no value. */
    void document(byte @Nullable [] key, byte @Nullable [] value) {
        attempt(Wire.record(key, value), record -> {
            DocumentChange change = documents.decode(record).value();
            String name = new DocumentKey(change.collection(), change.id()).toString();
            byte[] written = change.document() == null ? null : DocumentCodec.encode(change.document());
            DocumentChange again =
                    documents.decode(Wire.record(name.getBytes(UTF_8), written)).value();
            if (!change.id().equals(again.id())
                    || !change.collection().equals(again.collection())
                    || !Objects.equals(change.document(), again.document())) {
                fail(change + " came back as " + again);
            }
        });
    }

    /** Whether it was read. */
    private boolean attempt(RawRecord record, Attempt attempt) {
        boolean read = isRead(record, attempt);
        if (!read) {
            refused++;
        }
        long most = ALLOCATED_BYTES + ALLOCATED_BYTES_A_BYTE * size(record);
        long least = Long.MAX_VALUE;
        // Now and then the JVM loads or spins classes; what an input costs, it costs each time.
        for (int i = 0; i < ATTEMPTS && least > most; i++) {
            least = Math.min(least, allocated(record, attempt));
        }
        if (least > most) {
            fail("%,d bytes allocated for input %s", least, shown(record));
        }
        return read;
    }

    private static long size(RawRecord record) {
        long bytes = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            bytes += header.key().getBytes(UTF_8).length + length(header.value());
        }
        return bytes;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private long allocated(RawRecord record, Attempt attempt) {
        long before = threads.getCurrentThreadAllocatedBytes();
        boolean unused = isRead(record, attempt);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static boolean isRead(RawRecord record, Attempt attempt) {
        try {
            attempt.on(record);
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
            return fail("input " + shown(record), e);
        }
    }

    private static String shown(RawRecord record) {
        return hex(record.key()) + " → " + hex(record.value()) + " " + record.headers();
    }

    private static String hex(byte @Nullable [] bytes) {
        return bytes == null ? "null" : HexFormat.of().formatHex(bytes);
    }
}
