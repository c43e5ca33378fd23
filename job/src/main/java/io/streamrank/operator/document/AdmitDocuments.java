// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.Stage;
import io.streamrank.operator.DeadLetters;
import io.streamrank.operator.JobMetrics;
import io.streamrank.state.AdmittedDocument;
import io.streamrank.state.TextTemplate;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.MathUtils;
import org.jspecify.annotations.Nullable;

/**
 * Lets through what changes the corpus: keyed by collection, it drops documents that it let through before byte for byte,
 * so that they are not embedded again, and turns new ones beyond the limit into dead letters. With a limit of two, of the
 * upserts a, b, a (unchanged), c, the delete of b and c once more, it drops the second a and the first c.
 *
 * <p>A collection that is too large for one subtask is keyed by {@link #part}, with a limit for each part.
 *
 * @param <K> key that all changes of a document have, and no document of another collection
 */
public final class AdmitDocuments<K> extends KeyedProcessFunction<K, DocumentChange, DocumentChange> {
    private static final long serialVersionUID = 1L;

    /** The type of the key {@link #part}. */
    public static final TypeInformation<Tuple2<String, Integer>> PART = Types.TUPLE(Types.STRING, Types.INT);

    private static final int PARTS = 128;
    private static final int DIGEST_BYTES = 16;
    /** On a replayed dead letter: the document was let through before and failed later, so it has to pass again. */
    private static final String DEAD_LETTER_HEADER = "__connect.errors.";

    private final int maxDocuments;
    private final int limit;
    private final TextTemplate embedText;

    private transient MapState<String, AdmittedDocument> admitted;
    private transient ValueState<Integer> count;
    private transient MessageDigest sha256;
    private transient byte[] salt;
    private transient DeadLetters deadLetters;
    private transient Counter passed;
    private transient Counter unchanged;

    /**
     * @param maxDocuments of each collection
     * @param limit of documents with the same key
     * @param embedText what of a document is embedded; where that was something else, a document passes again
     */
    public AdmitDocuments(int maxDocuments, int limit, TextTemplate embedText) {
        this.maxDocuments = maxDocuments;
        this.limit = limit;
        this.embedText = embedText;
    }

    /** Returns the part of the collection that the document belongs to: one of {@value #PARTS}, by its id. */
    public static Tuple2<String, Integer> part(DocumentChange change) {
        return Tuple2.of(
                change.collection(),
                Math.floorMod(MathUtils.murmurHash(change.id().hashCode()), PARTS));
    }

    /**
     * Returns a limit for each part, with which a collection hardly ever has less room than the given limit. Ids are spread at random, so a
     * part has room for five standard deviations more than its share.
     */
    public static int limitOfPart(int maxDocuments) {
        double share = (double) maxDocuments / PARTS;
        return (int) Math.ceil(share + 5 * Math.sqrt(share));
    }

    @Override
    public void open(OpenContext context) {
        JobMetrics metrics = new JobMetrics(getRuntimeContext().getMetricGroup());
        admitted = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("admitted", String.class, AdmittedDocument.class));
        count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Integer.class));
        sha256 = DigestUtils.getSha256Digest();
        salt = salt(embedText);
        deadLetters = new DeadLetters(metrics);
        passed = metrics.counter("documents.admitted");
        unchanged = metrics.counter("documents.unchanged");
    }

    @Override
    public void processElement(DocumentChange change, Context context, Collector<DocumentChange> out) throws Exception {
        AdmittedDocument known = admitted.get(change.id());
        if (known != null && known.version().isNewerThan(change.version())) {
            unchanged.inc();
        } else if (change.document() == null) {
            if (known != null) {
                admitted.remove(change.id());
                count.update(size() - 1);
            }
            pass(change, out);
        } else {
            upsert(change, known, context, out);
        }
    }

    private void upsert(
            DocumentChange change, @Nullable AdmittedDocument known, Context context, Collector<DocumentChange> out)
            throws Exception {
        byte[] digest = digest(change);
        if (known != null && Arrays.equals(known.digest(), digest) && !isReplayedDeadLetter(change)) {
            unchanged.inc();
            return;
        }
        if (known == null) {
            if (size() >= limit) {
                rejectAsFull(change, context);
                return;
            }
            count.update(size() + 1);
        }
        admitted.put(change.id(), new AdmittedDocument(change.version(), digest));
        pass(change, out);
    }

    private void pass(DocumentChange change, Collector<DocumentChange> out) {
        passed.inc();
        out.collect(change);
    }

    private void rejectAsFull(DocumentChange change, Context context) {
        DeadLetter letter = new DeadLetter(
                change.source(),
                Stage.ADMIT_DOCUMENTS,
                "corpus-full",
                IllegalStateException.class.getName(),
                "collection " + change.collection() + " holds " + (limit == maxDocuments ? "" : "about ") + maxDocuments
                        + " documents, its limit; raise corpus.max-documents or delete some before adding "
                        + change.id());
        deadLetters.count(letter);
        context.output(DeadLetters.TAG, letter);
    }

    private int size() throws Exception {
        Integer value = count.value();
        return value == null ? 0 : value;
    }

    private byte[] digest(DocumentChange change) {
        byte[] value = change.source().value();
        sha256.update(salt);
        return Arrays.copyOf(sha256.digest(value == null ? new byte[0] : value), DIGEST_BYTES);
    }

    /** Returns the template as bytes, so that a document counts as changed once another text of it is embedded. */
    private static byte[] salt(TextTemplate template) {
        String text = String.join("\0", template.fields()) + '\1' + template.labelled() + '\1' + template.fieldChars();
        return (text + '\1').getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isReplayedDeadLetter(DocumentChange change) {
        return change.source().headers().stream()
                .anyMatch(header -> header.key().startsWith(DEAD_LETTER_HEADER));
    }
}
