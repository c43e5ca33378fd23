// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.CodecException;
import io.streamrank.codec.Decoded;
import io.streamrank.codec.DocumentCodec;
import io.streamrank.codec.Limits;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.DocumentKey;
import io.streamrank.gateway.document.UploadedDocuments.Part;
import io.streamrank.gateway.query.ClientInput;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Writes documents that clients upload to the documents topic. It reads each with the job's own codec first, so that a client
 * learns at once which ones are wrong, and writes the others. Thread-safe.
 */
public final class DocumentService {
    private final DocumentSink sink;
    private final DocumentCodec codec;

    public DocumentService(DocumentSink sink, Limits limits) {
        this.sink = sink;
        this.codec = new DocumentCodec(limits);
    }

    /**
     * Writes all documents that can be read, and tells of the others by their lines, or places in the array. Of those that it
     * writes it tells what was not used.
     */
    public CompletableFuture<UploadReport> upload(UploadedDocuments documents) {
        List<ObjectNode> errors = new ArrayList<>();
        UploadWarnings warnings = new UploadWarnings(documents.unit());
        List<CompletableFuture<?>> writes = new ArrayList<>();
        int refused = 0;
        for (Part part : documents.parts()) {
            try {
                Decoded<DocumentChange> read = read(part);
                Document document = Objects.requireNonNull(read.value().document());
                DocumentKey key = new DocumentKey(document.collection(), Objects.requireNonNull(document.id()));
                writes.add(sink.write(key.toString().getBytes(UTF_8), DocumentCodec.encode(document)));
                warnings.add(part.number(), key, read.unknownFields());
            } catch (CodecException invalid) {
                refused++;
                if (errors.size() < UploadReport.MAX_ELEMENTS) {
                    errors.add(error(documents.unit(), part.number(), invalid));
                }
            }
        }
        int accepted = writes.size();
        int rejected = refused;
        return CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new))
                .thenApply(done -> new UploadReport(accepted, rejected, errors, warnings.list()));
    }

    private Decoded<DocumentChange> read(Part part) throws CodecException {
        return codec.decode(ClientInput.record("documents", null, part.value()));
    }

    private static ObjectNode error(String unit, int number, CodecException invalid) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put(unit, number);
        json.put("code", invalid.cause());
        json.put("message", invalid.getMessage());
        return json;
    }

    /** Deletes a document, if there is one of that name. */
    public CompletableFuture<DocumentKey> delete(String collection, String id) {
        DocumentKey key = new DocumentKey(collection, id);
        byte[] bytes = key.toString().getBytes(UTF_8);
        try {
            DocumentChange change =
                    codec.decode(ClientInput.record("documents", bytes, null)).value();
            if (!change.id().equals(id) || !change.collection().equals(collection)) {
                throw new RequestException(
                        Problem.INVALID_REQUEST, "out-of-range", "a collection must not hold a slash: " + collection);
            }
        } catch (CodecException invalid) {
            throw ClientInput.refusal(invalid);
        }
        return sink.write(bytes, null).thenApply(done -> key);
    }
}
