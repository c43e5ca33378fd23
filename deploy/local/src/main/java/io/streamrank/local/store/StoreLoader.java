// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.EmbeddingCodec;
import io.streamrank.config.JobConfig;
import io.streamrank.event.Document;
import io.streamrank.local.client.DocumentSender;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.client.TopicKeys;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.FailedException;
import io.streamrank.local.console.InputException;
import io.streamrank.local.console.Progress;
import io.streamrank.local.data.BadRecord;
import io.streamrank.local.data.BadRecords;
import io.streamrank.local.data.DocumentConverter;
import io.streamrank.local.data.FileRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a store holds to the documents topic, and deletes there what the store no longer holds. Documents keep their ids, so a
 * load that is repeated changes nothing but what has changed in the store.
 *
 * @param load names the records' origin, see {@link DocumentSender}
 * @param config of the job, whose embedder the vectors are compared with
 * @param sync whether documents of the collection that the store does not hold are deleted
 * @param resume the file that keeps how far a load came; null for none
 */
public record StoreLoader(
        Console console,
        KafkaConnection connection,
        String topic,
        DocumentConverter wire,
        BadRecords bad,
        String load,
        JobConfig config,
        VectorPolicy vectors,
        boolean sync,
        @Nullable Path resume) {
    private static final int BETWEEN_UPDATES = 100;
    /** Without vectors there is nothing to wait for. */
    private static final int MOST_HELD = 1_000;

    public StoreLoader {
        if (sync && resume != null) {
            throw new InputException("--sync and --resume exclude each other: only a whole load tells what is gone");
        }
    }

    /**
     * Says what was done.
     *
     * @param written how many documents
     * @param deleted how many documents of the collection were gone from the store
     */
    public record Loaded(long written, long deleted) {}

    /**
     * Reads and writes everything, holding no more of it than the ids.
     *
     * @throws InputException where there was none, the store refuses what is asked, or its vectors are of another model
     * @throws FailedException where the store is out of reach
     */
    public Loaded run(DocumentStore store) throws IOException, InterruptedException {
        Set<String> gone = sync ? TopicKeys.ofCollection(connection, topic, collection()) : new HashSet<>();
        ResumeFile file = resume == null ? null : new ResumeFile(resume, store.identity() + '\n' + topic);
        String position = file == null ? DocumentStore.START : file.position();
        if (!position.equals(DocumentStore.START)) {
            console.say("going on where the last load ended, as " + resume + " says");
        }
        try (DocumentSender sender = new DocumentSender(connection, topic, bad, load);
                Progress progress = new Progress(console, "reading " + store.name(), " docs", 1, 0)) {
            Run run = new Run(store, sender, progress, gone, file);
            try {
                store.read(position, run);
                run.end();
            } catch (InputException | FailedException e) {
                String message =
                        e.getMessage() + String.format(Locale.ROOT, "; documents written before: %,d", sender.flush());
                throw e instanceof FailedException ? new FailedException(message, e) : new InputException(message, e);
            }
            long written = sender.flush();
            sender.unused().print(console);
            if (written == 0 && position.equals(DocumentStore.START)) {
                bad.print(console);
                throw new InputException(store.name() + " holds no document that could be used"
                        + (sync ? ", so nothing was deleted either" : ""));
            }
            long deleted = delete(gone, sender);
            if (file != null) {
                file.done();
            }
            return new Loaded(written, deleted);
        }
    }

    /** Makes no id, as a row has no other name that the next load would give it, too. */
    private static String refuse(JsonNode document) {
        throw new IllegalArgumentException(
                document.has("id")
                        ? "has null for its id: give it one, or name another column with --id-field"
                        : "has no id: select a column as id, or name one with --id-field");
    }

    private String collection() {
        return wire.collection() == null ? Document.DEFAULT_COLLECTION : wire.collection();
    }

    /** Deletes nothing if a row was refused: it may be one of these documents. */
    private long delete(Set<String> gone, DocumentSender sender) {
        if (gone.isEmpty()) {
            return 0;
        }
        if (bad.count() > 0) {
            console.say(String.format(
                    Locale.ROOT,
                    "%,d documents of the topic were not found, but as some could not be used, none was deleted",
                    gone.size()));
            return 0;
        }
        gone.forEach(sender::delete);
        long unused = sender.flush();
        return gone.size();
    }

    /** Holds one reading of a store. The first documents wait until their vectors have been checked. */
    private final class Run implements DocumentStore.Rows {
        private final DocumentStore store;
        private final DocumentSender sender;
        private final Progress progress;
        private final Set<String> gone;
        private final @Nullable ResumeFile file;
        private final Set<String> written = new HashSet<>();
        private final List<FileRecord> held = new ArrayList<>();
        private int withVector;
        private boolean checked = vectors != VectorPolicy.CHECK;

        Run(
                DocumentStore store,
                DocumentSender sender,
                Progress progress,
                Set<String> gone,
                @Nullable ResumeFile file) {
            this.store = store;
            this.sender = sender;
            this.progress = progress;
            this.gone = gone;
            this.file = file;
        }

        @Override
        public @Nullable String idMember() {
            return wire.idField();
        }

        @Override
        public void row(int number, ObjectNode content) throws InterruptedException {
            if (vectors == VectorPolicy.DROP) {
                content.remove(EmbeddingCodec.MEMBER);
            }
            FileRecord document = new FileRecord(number, wire.document(content, StoreLoader::refuse));
            String key = DocumentSender.key(document.content());
            gone.remove(key);
            if (!written.add(key)) {
                bad.accept(new BadRecord(
                        0,
                        store.rowName() + ' ' + number + " has the id \""
                                + document.content().path("id").asText()
                                + "\" of an earlier one, which it replaces: give each its own"));
            }
            if (checked) {
                sender.send(document);
            } else {
                hold(document);
            }
            if (number % BETWEEN_UPDATES == 0) {
                progress.to(number);
            }
        }

        private void hold(FileRecord document) throws InterruptedException {
            held.add(document);
            withVector += document.content().has(EmbeddingCodec.MEMBER) ? 1 : 0;
            if (withVector == SameEmbedderCheck.SAMPLE || (held.size() == MOST_HELD && withVector > 0)) {
                check();
            } else if (held.size() == MOST_HELD) {
                sendHeld();
            }
        }

        private void sendHeld() {
            held.forEach(sender::send);
            held.clear();
        }

        @Override
        public void refused(int number, String problem) {
            bad.accept(new BadRecord(number, problem));
        }

        @Override
        public void reached(String position) throws IOException {
            if (file != null && held.isEmpty()) {
                long unused = sender.flush();
                file.write(position);
            }
        }

        /** Sends what still waits to be checked. */
        void end() throws InterruptedException {
            if (!checked) {
                check();
            }
        }

        private void check() throws InterruptedException {
            Double cosine = new SameEmbedderCheck(config)
                    .check(held.stream()
                            .map(document -> DocumentSender.bytes(document.content()))
                            .toList());
            if (cosine != null) {
                console.say(String.format(
                        Locale.ROOT,
                        "the vectors are those of the job's embedder: the mean cosine over %d documents is %.4f",
                        withVector,
                        cosine));
            }
            checked = true;
            sendHeld();
        }
    }
}
