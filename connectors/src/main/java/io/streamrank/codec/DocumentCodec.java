// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.BlankText;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Field;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Version;
import io.streamrank.message.Excerpt;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes records of the documents topic. A null value deletes. The key names the document (see {@link
 * DocumentKey}); a key that names another document than the value is refused, as Kafka compacts by key and a delete would
 * miss. Thread-safe.
 */
public final class DocumentCodec implements Serializable {
    private final Limits limits;

    public DocumentCodec(Limits limits) {
        this.limits = limits;
    }

    /** Decodes and validates an upsert or a delete. */
    public Decoded<DocumentChange> decode(RawRecord record) throws CodecException {
        DocumentKey key = record.key() == null ? null : key(record.key());
        byte[] value = record.value();
        if (value == null) {
            return new Decoded<>(delete(key, record), List.of());
        }
        ObjectNode object = Json.recordOf(value, limits.recordBytes());
        // The key names the document, so that "_id" does only where there is no key.
        String idMember = key == null ? FlatDocuments.idMember(object) : FlatDocuments.ID;
        JsonFields json = new JsonFields(FlatDocuments.structured(object, idMember), "");
        String id = idMember == null ? null : new JsonFields(object, "").id(idMember);
        DocumentKey name = name(id, collection(json), key);
        DocumentFields fields = new DocumentFields(limits).read(json, !FlatDocuments.isStructured(object));
        if (fields.allBlank()) {
            throw CodecException.missing(
                    "document %s has no text, so there is nothing to search: give it a text, or fields"
                            .formatted(Excerpt.text(name.toString())));
        }
        Document document = new Document(
                name.id(),
                name.collection(),
                fields.list(),
                MetadataText.text(json.object("metadata"), "metadata", limits),
                EmbeddingCodec.read(json));
        return new Decoded<>(change(name, record, document), json.unknown());
    }

    private static DocumentKey key(byte[] key) throws CodecException {
        String text = Utf8.decode(key, "the record's key");
        int slash = text.indexOf('/');
        String collection = slash < 0 ? Document.DEFAULT_COLLECTION : text.substring(0, slash);
        String id = text.substring(slash + 1);
        if (BlankText.isBlank(id)
                || BlankText.isBlank(collection)
                || id.length() > DocumentKey.MAX_CHARS
                || collection.length() > DocumentKey.MAX_CHARS) {
            throw CodecException.outOfRange(
                    "the record's key must be an id, or collection/id, each of 1 to %d characters, but is \"%s\""
                            .formatted(DocumentKey.MAX_CHARS, Excerpt.text(text)));
        }
        return new DocumentKey(collection, id);
    }

    private static DocumentChange delete(@Nullable DocumentKey key, RawRecord record) throws CodecException {
        if (key == null) {
            throw CodecException.missing(
                    "the record has neither key nor value: a delete must name its document by key");
        }
        return change(key, record, null);
    }

    private static DocumentChange change(DocumentKey name, RawRecord record, @Nullable Document document) {
        Version version = new Version(record.timestampMs(), record.partition(), record.offset());
        return new DocumentChange(name.collection(), name.id(), version, document, record);
    }

    /** Returns the document's name from the value, completed from the key. */
    private static DocumentKey name(@Nullable String id, @Nullable String collection, @Nullable DocumentKey key)
            throws CodecException {
        if (id == null && key == null) {
            throw CodecException.missing("id is missing, and the record has no key to take it from");
        }
        if (id == null) {
            id = Objects.requireNonNull(key).id();
        }
        if (collection == null) {
            collection = key != null && key.id().equals(id) ? key.collection() : Document.DEFAULT_COLLECTION;
        }
        DocumentKey name = new DocumentKey(collection, id);
        if (key != null && !key.equals(name)) {
            throw new CodecException(
                    "key-mismatch",
                    "the record's key names \"%s\" but its value is document \"%s\" of collection \"%s\": Kafka compacts and deletes by key, so write it with the key \"%s\""
                            .formatted(
                                    Excerpt.text(key.toString()),
                                    Excerpt.text(id),
                                    Excerpt.text(collection),
                                    Excerpt.text(name.toString())));
        }
        return name;
    }

    static @Nullable String collection(JsonFields json) throws CodecException {
        String collection = json.text("collection", DocumentKey.MAX_CHARS);
        if (collection != null && collection.indexOf('/') >= 0) {
            throw CodecException.outOfRange(
                    "%s must not hold a slash, which separates it from the id in a record's key, but is \"%s\""
                            .formatted(json.path("collection"), Excerpt.text(collection)));
        }
        return collection;
    }

    /** Encodes a document as the value of its record; {@link DocumentKey} gives the key. */
    public static byte[] encode(Document document) {
        return Json.bytes(json -> {
            if (document.id() != null) {
                json.writeStringField("id", document.id());
            }
            json.writeStringField("collection", document.collection());
            json.writeObjectFieldStart("fields");
            for (Field field : document.fields()) {
                json.writeStringField(field.name(), field.text());
            }
            json.writeEndObject();
            if (document.metadata() != null) {
                json.writeFieldName("metadata");
                json.writeRawValue(document.metadata());
            }
            Embedding embedding = document.embedding();
            if (embedding != null) {
                json.writeStringField(EmbeddingCodec.MEMBER, EmbeddingCodec.base64(embedding.values()));
            }
        });
    }
}
