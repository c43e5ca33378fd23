// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.List;

/** A file system that models can be read from, beyond the local one. Thread-safe; travels with the job. */
public interface ModelFiles extends Serializable {
    /** Knows no file system. */
    ModelFiles NONE = new NoModelFiles();

    /**
     * A file of a model.
     *
     * @param path relative to the model's directory, with {@code /} between its parts
     * @param size in bytes
     * @param modified milliseconds since the epoch, or whatever changes when the file does
     */
    record RemoteFile(String path, long size, long modified) {}

    /**
     * All files below a directory.
     *
     * @throws java.io.FileNotFoundException where there is no such directory or file system; the message says which
     * @throws IOException where it cannot be read now
     */
    List<RemoteFile> list(String directory) throws IOException;

    /** Opens one of the listed files; the caller closes it. */
    InputStream open(String directory, String path) throws IOException;
}
