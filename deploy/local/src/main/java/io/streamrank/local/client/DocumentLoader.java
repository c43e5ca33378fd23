// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.config.InputFileException;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.InputException;
import io.streamrank.local.console.Progress;
import io.streamrank.local.data.BadRecord;
import io.streamrank.local.data.BadRecords;
import io.streamrank.local.data.BulkActions;
import io.streamrank.local.data.DocumentConverter;
import io.streamrank.local.data.FileRecord;
import io.streamrank.local.data.GeneratedIds;
import io.streamrank.local.data.JsonFile;
import io.streamrank.message.Excerpt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a file of documents to their topic, with a progress bar.
 *
 * @param load names the records' origin, see {@link DocumentSender}
 */
public record DocumentLoader(
        Console console,
        KafkaConnection connection,
        String topic,
        DocumentConverter wire,
        BadRecords bad,
        String load) {
    private static final long MEBIBYTE = 1 << 20;
    private static final int BETWEEN_UPDATES = 100;

    /**
     * Reads and writes everything, holding no more of it than its ids.
     *
     * @return how many documents were written
     * @throws InputException where there was none, or the file broke off; what is wrong with them has been told
     */
    public long run(Path path) throws IOException, InterruptedException {
        long sent = send(path);
        if (sent == 0) {
            bad.print(console);
            throw new InputException(path + " holds no document that could be used: it must be a JSON array of"
                    + " objects, or one JSON object a line");
        }
        return sent;
    }

    private long send(Path path) throws IOException, InterruptedException {
        GeneratedIds made = new GeneratedIds(path);
        try (JsonFile file = JsonFile.open(path);
                DocumentSender sender = new DocumentSender(connection, topic, bad, load);
                Progress progress =
                        new Progress(console, "reading " + path.getFileName(), " MB", MEBIBYTE, file.size())) {
            try {
                Reading reading = new Reading(file, sender, progress, made);
                file.read(reading, problem -> {
                    reading.actions.forget();
                    bad.accept(problem);
                });
            } catch (InputException | InputFileException e) {
                long sent = sender.flush();
                bad.print(console);
                throw new InputException(
                        e.getMessage() + String.format(Locale.ROOT, "; documents written before: %,d", sent), e);
            }
            long sent = sender.flush();
            if (made.count() > 0) {
                console.say(String.format(
                        Locale.ROOT,
                        "%,d documents have no id and got one, made of the file's name and their content",
                        made.count()));
            }
            sender.unused().print(console);
            return sent;
        }
    }

    /** Holds one reading of a file. */
    private final class Reading implements JsonFile.Reader {
        private final JsonFile file;
        private final DocumentSender sender;
        private final Progress progress;
        private final GeneratedIds made;
        private final BulkActions actions = new BulkActions(wire.idField());
        private final Map<String, Integer> lines = new HashMap<>();

        Reading(JsonFile file, DocumentSender sender, Progress progress, GeneratedIds made) {
            this.file = file;
            this.sender = sender;
            this.progress = progress;
            this.made = made;
        }

        @Override
        public void value(JsonNode value, int line) {
            JsonNode whole = actions.document(value);
            if (whole == null) {
                return;
            }
            FileRecord document = new FileRecord(line, wire.document(whole, made));
            tellReplaced(lines.put(DocumentSender.key(document.content()), line), document);
            sender.send(document);
            if (lines.size() % BETWEEN_UPDATES == 0) {
                progress.to(file.position());
            }
        }

        /** Two documents of one file with the same id are one document in the end, which nobody may have meant. */
        private void tellReplaced(@Nullable Integer before, FileRecord document) {
            if (before != null) {
                bad.accept(new BadRecord(
                        before,
                        "was replaced by the document on line " + document.line() + ", which has the same id \""
                                + Excerpt.text(document.content().path("id").asText()) + "\": give each its own"));
            }
        }
    }
}
