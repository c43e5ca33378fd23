// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.List;

/** Reads models from a file system other than the local one. Thread-safe; travels with the job. */
public interface ModelFileSystem extends Serializable {
    /** Reads none. */
    ModelFileSystem NONE = new UnsupportedFileSystem();

    /**
     * Describes a file of a model.
     *
     * @param path relative to the model's directory, with {@code /} between its parts
     * @param size in bytes
     * @param modified milliseconds since the epoch, or whatever changes when the file does
     */
    record RemoteFile(String path, long size, long modified) {}

    /**
     * Lists all files below a directory.
     *
     * @throws java.io.FileNotFoundException where the directory or its file system does not exist; the message says which
     * @throws IOException where it cannot be read now
     */
    List<RemoteFile> list(String directory) throws IOException;

    /** Opens one of the listed files; the caller closes it. */
    InputStream open(String directory, String path) throws IOException;
}
