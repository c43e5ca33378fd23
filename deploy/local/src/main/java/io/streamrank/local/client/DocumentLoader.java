// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import io.streamrank.local.console.Console;
import io.streamrank.local.console.InputException;
import io.streamrank.local.console.Progress;
import io.streamrank.local.data.BadRecords;
import io.streamrank.local.data.DocumentConverter;
import io.streamrank.local.data.FileRecord;
import io.streamrank.local.data.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes a file of documents to their topic, with a progress bar. */
public record DocumentLoader(
        Console console, KafkaConnection connection, String topic, DocumentConverter wire, BadRecords bad) {
    private static final long MEBIBYTE = 1 << 20;
    private static final int BETWEEN_UPDATES = 100;

    /**
     * Reads and writes everything, without holding it in memory.
     *
     * @return how many documents were written
     * @throws InputException where there was none; what is wrong with them has been told
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
        try (JsonFile file = JsonFile.open(path);
                DocumentSender sender = new DocumentSender(connection, topic, bad);
                Progress progress =
                        new Progress(console, "reading " + path.getFileName(), " MB", MEBIBYTE, file.size())) {
            AtomicInteger position = new AtomicInteger();
            file.read(
                    (value, line) -> {
                        int index = position.getAndIncrement();
                        sender.send(new FileRecord(line, wire.document(value, index)));
                        if (index % BETWEEN_UPDATES == 0) {
                            progress.to(position(file));
                        }
                    },
                    bad);
            return sender.flush();
        }
    }

    private static long position(JsonFile file) {
        try {
            return file.position();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
